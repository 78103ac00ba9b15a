"""Customer tags given to chosen customers, taken from them, and changed for all who carry them (R16)."""

from collections.abc import Sequence
from typing import Any

from storage.customers import OFFER_TAG
from storage.selection import Chosen, choose_changed
from storage.sql import Connection, RowMapping, text


def add(connection: Connection, tags: Sequence[tuple[str, str]], limit: int) -> tuple[list[int], int, int]:
    """Give those of `chosen` tags behind those they have, as long as they come to no more than `limit`.

    Args:
        connection: Who got any is noted in its table `changed`.
        tags: Folded and as they stand, each once, in the order in which they are given.
        limit: R16's.

    Returns:
        The tags' ids, how many customers got any, and how many tags were left out over all customers.
    """
    for key, name in tags:
        connection.execute(text(OFFER_TAG), {"key": key, "name": name})
    ids = ids_of(connection, [key for key, _ in tags])
    connection.execute(text("CREATE TEMP TABLE lacking (id INTEGER, tag_id INTEGER, position INTEGER, is_left_out)"))
    for tag_id in ids:
        # Those before it in the list are given by now, where they fit: a tag at a time needs no ranking.
        connection.execute(
            text(
                f"""INSERT INTO lacking SELECT c.id, :tag, coalesce(max(l.position), -1) + 1, count(l.tag_id) >= :limit
                    FROM {Chosen.ALL} c LEFT JOIN customer_tag l ON l.customer_id = c.id
                    GROUP BY c.id HAVING NOT coalesce(max(l.tag_id = :tag), 0)"""
            ),
            {"tag": tag_id, "limit": limit},
        )
        connection.execute(
            text(
                "INSERT INTO customer_tag (customer_id, tag_id, position) "
                "SELECT id, tag_id, position FROM lacking WHERE tag_id = :tag AND NOT is_left_out"
            ),
            {"tag": tag_id},
        )
    left_out: int = connection.execute(text("SELECT coalesce(sum(is_left_out), 0) FROM lacking")).scalar_one()
    return ids, choose_changed(connection, "SELECT id FROM lacking WHERE NOT is_left_out"), left_out


def remove(connection: Connection, keys: Sequence[str]) -> tuple[list[int], int]:
    """Take tags from those of `chosen` who carry them, and note these in `changed`; return the ids, how many."""
    ids = ids_of(connection, keys)
    carried = f"customer_id IN (SELECT id FROM {Chosen.ALL}) AND tag_id IN ({_list(ids)})"
    number = choose_changed(connection, f"SELECT customer_id FROM customer_tag WHERE {carried}")
    connection.execute(text(f"DELETE FROM customer_tag WHERE {carried}"))
    return ids, number


def ids_of(connection: Connection, keys: Sequence[str]) -> list[int]:
    """Return the ids of tags by their folded names, in that order; those that are no tag are left out."""
    statement = text("SELECT id FROM tag WHERE key = :key")
    return [one for key in keys for one in connection.execute(statement, {"key": key}).scalars()]


def branch(connection: Connection, key: str) -> Sequence[RowMapping]:
    """Return id, key, name and is_offered of a tag and of those below it that are offered or carried."""
    statement = text(
        "SELECT id, key, name, is_offered FROM tag WHERE (key = :key OR substr(key, 1, :length) = :key || '/') AND "
        "(is_offered OR EXISTS (SELECT 1 FROM customer_tag WHERE tag_id = tag.id)) ORDER BY key"
    )
    return connection.execute(statement, {"key": key, "length": len(key) + 1}).mappings().all()


def is_known(connection: Connection, key: str) -> bool:
    """Say whether there is a tag with this folded name, offered or carried."""
    return any(row["key"] == key for row in branch(connection, key))


def choose_carriers(connection: Connection, ids: Sequence[int]) -> int:
    """Note in `changed` who carries one of these tags, blocked ones too; return how many."""
    return choose_changed(connection, f"SELECT customer_id FROM customer_tag WHERE tag_id IN ({_list(ids)})")


def count_carriers(connection: Connection, ids: Sequence[int]) -> RowMapping:
    """Return how many different customers carry one of these tags, and how many of them are blocked."""
    return _count_carriers(connection, f"customer_tag WHERE tag_id IN ({_list(ids)})")


def count_import_tag_carriers(connection: Connection, key: str) -> RowMapping:
    """Return how many customers carry an import tag, and how many of them are blocked."""
    carriers = "customer_import_tag WHERE import_tag_id = (SELECT id FROM import_tag WHERE key = :key)"
    return _count_carriers(connection, carriers, {"key": key})


def _count_carriers(connection: Connection, carriers: str, params: dict[str, str] | None = None) -> RowMapping:
    # The links are counted in the index alone; of the customers only the few blocked ones are looked at.
    statement = f"""
        WITH carrier AS (SELECT DISTINCT customer_id AS id FROM {carriers})
        SELECT (SELECT count(*) FROM carrier) AS customers,
            (SELECT count(*) FROM customer WHERE blocked_at IS NOT NULL AND id IN carrier) AS blocked"""
    return connection.execute(text(statement), params or {}).mappings().one()


def offer(connection: Connection, key: str, name: str) -> int:
    """Offer a tag, a new one under this name; return its id."""
    connection.execute(text(OFFER_TAG), {"key": key, "name": name})
    return ids_of(connection, [key])[0]


def stop_offering(connection: Connection, ids: Sequence[int]) -> None:
    """Take tags off the list of those that are offered."""
    connection.execute(text(f"UPDATE tag SET is_offered = 0 WHERE id IN ({_list(ids)})"))


def take_from_all(connection: Connection, ids: Sequence[int]) -> None:
    """Take tags from every customer."""
    connection.execute(text(f"DELETE FROM customer_tag WHERE tag_id IN ({_list(ids)})"))


def rename(connection: Connection, tag_id: int, key: str, name: str) -> None:
    """Give a tag another name, which no other tag has; it is offered."""
    connection.execute(
        text("UPDATE tag SET key = :key, name = :name, is_offered = 1 WHERE id = :id"),
        {"id": tag_id, "key": key, "name": name},
    )


def give_in_place_of(connection: Connection, tag_id: int, into: int) -> None:
    """Give who carries a tag another one in its place; who has that one too keeps the one that stands first."""
    both = {"tag": tag_id, "into": into}
    connection.execute(
        text(
            """UPDATE customer_tag SET position = min(position, o.before) FROM
                (SELECT customer_id AS id, position AS before FROM customer_tag WHERE tag_id = :tag) o
                WHERE customer_tag.customer_id = o.id AND tag_id = :into"""
        ),
        both,
    )
    connection.execute(
        text(
            """DELETE FROM customer_tag WHERE tag_id = :tag
                AND customer_id IN (SELECT customer_id FROM customer_tag WHERE tag_id = :into)"""
        ),
        both,
    )
    connection.execute(text("UPDATE customer_tag SET tag_id = :into WHERE tag_id = :tag"), both)


def delete_import_tag(connection: Connection, key: str) -> int | None:
    """Take an import tag from all, noted in `changed`, and forget it; return how many, None where there is none."""
    tag_id = connection.execute(text("SELECT id FROM import_tag WHERE key = :key"), {"key": key}).scalar()
    if tag_id is None:
        return None
    number = choose_changed(
        connection, "SELECT customer_id FROM customer_import_tag WHERE import_tag_id = :tag", {"tag": tag_id}
    )
    connection.execute(text("DELETE FROM customer_import_tag WHERE import_tag_id = :tag"), {"tag": tag_id})
    connection.execute(text("DELETE FROM import_tag WHERE id = :tag"), {"tag": tag_id})
    return number


def _list(ids: Sequence[Any]) -> str:
    return ", ".join(str(int(one)) for one in ids)
