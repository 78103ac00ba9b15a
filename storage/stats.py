"""Numbers of all customers, each of them from one index or from one look at all rows (R5, R46)."""

from collections.abc import Sequence
from itertools import pairwise

from storage.columns import LISTED
from storage.search.conditions import VISIBLE_IN_TABLE
from storage.sql import Connection, RowMapping, text

_REACH = (
    """
    SELECT coalesce(sum(email_verified AND email IS NOT NULL), 0) AS verified_email,
        coalesce(sum(mobile_number_verified AND mobile_number IS NOT NULL), 0) AS verified_mobile,
        coalesce(sum(email IS NOT NULL AND NOT unsubscribe_email), 0) AS accepts_email,
        coalesce(sum(mobile_number IS NOT NULL AND NOT unsubscribe_texting), 0) AS accepts_texting
    FROM customer WHERE """
    + VISIBLE_IN_TABLE
)


def reach(connection: Connection) -> RowMapping:
    """Return how many customers have verified contacts, and how many accept e-mails and texts."""
    return connection.execute(text(_REACH)).mappings().one()


def growth(connection: Connection, bounds: Sequence[int]) -> Sequence[tuple[int, int]]:
    """Return how many customers were created between each two neighbours of `bounds`: all of them, and leads."""
    spans = [f"({place}, {begin}, {end})" for place, (begin, end) in enumerate(pairwise(bounds))]
    created = f"SELECT count(*) FROM customer WHERE {LISTED} AND created_at >= begin AND created_at < until"
    # Two indexes and no row: by when they were created, and who has no memberId.
    leads = f"{created} AND +id IN (SELECT id FROM customer WHERE member_id IS NULL)"
    statement = (
        f"WITH span (place, begin, until) AS (VALUES {', '.join(spans)}) "
        f"SELECT ({created}), ({leads}) FROM span ORDER BY place"
    )
    return [(row[0], row[1]) for row in connection.execute(text(statement))]
