"""Which column of table `customer` holds which field, and JSON as the columns hold it."""

import json
from collections.abc import Mapping

COLUMNS_BY_KEY: Mapping[str, str] = {
    "memberId": "member_id",
    "profile.name": "name",
    "profile.email": "email",
    "profile.mobileNumber": "mobile_number",
    "profile.landlineNumber": "landline_number",
    "profile.description": "description",
    "profile.lastCheckoutCompletedAt": "last_checkout_completed_at",
    "unsubscribeEmail": "unsubscribe_email",
    "unsubscribeTexting": "unsubscribe_texting",
}
"""Built-in fields with a column of their own."""

# One for all: json.dumps would make an encoder for every value.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def dump(value: object) -> str:
    """Return compact JSON as the columns hold it."""
    return _ENCODER.encode(value)


def load_words(text: object) -> tuple[str, ...]:
    """Return the texts of a JSON list; none where somebody has made it something else behind the program's back."""
    try:
        found = json.loads(str(text))
    except (ValueError, RecursionError):
        return ()
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()


LISTED = "blocked_at IS NULL AND NOT is_hidden"
"""Who is in the contact list: no blocked customer (R46), and none over the limit of managed users."""
HIDDEN = "customer INDEXED BY ix_customer_hidden WHERE is_hidden"
"""Those over the limit, off the smallest index that holds them; behind FROM."""
AWAY = f"SELECT id FROM customer WHERE blocked_at IS NOT NULL UNION ALL SELECT id FROM {HIDDEN}"
"""The ids of all others: each half is read off a small index. Nobody is in both."""
