"""A customer's values by field, and the columns of the table that hold them."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from crm_tui.core.fields import EMAIL, MOBILE_NUMBER, NAME, OPT_OUTS, TAGS, Value
from crm_tui.core.identity import email_key
from crm_tui.core.merging import Profile
from crm_tui.core.query import search_text
from storage.columns import COLUMNS_BY_KEY, dump


def columns_of(profile: Profile) -> dict[str, Any]:
    """Return the columns of table `customer` that hold a profile (tags are kept apart)."""
    values = profile.values
    columns: dict[str, Any] = {column: values.get(key) for key, column in COLUMNS_BY_KEY.items()}
    name, email, mobile = (values.get(key) for key in (NAME, EMAIL, MOBILE_NUMBER))
    columns["email_key"] = email_key(str(email)) if email is not None else None
    columns["email_verified"] = EMAIL in profile.verified
    columns["mobile_number_verified"] = MOBILE_NUMBER in profile.verified
    columns["unsubscribe_email"] = bool(columns["unsubscribe_email"])
    columns["unsubscribe_texting"] = bool(columns["unsubscribe_texting"])
    columns["search_text"] = search_text(*(str(part) if part is not None else None for part in (name, email, mobile)))
    custom = {
        key.removeprefix("profile."): value
        for key, value in values.items()
        if key not in COLUMNS_BY_KEY and key != TAGS
    }
    columns["custom"] = dump(custom)
    return columns


def values_of(columns: Iterable[Any], custom: str) -> dict[str, Value]:
    """Return the field values that the columns of a customer hold (tags are kept apart).

    Args:
        columns: Those of `COLUMNS_BY_KEY`, in its order.
        custom: Column `custom`.
    """
    values: dict[str, Value] = {
        key: value for key, value in zip(COLUMNS_BY_KEY, columns, strict=True) if value is not None
    }
    for key in OPT_OUTS:
        if key in values:
            values[key] = bool(values[key])
    if custom != "{}":
        values.update(_custom_values(custom))
    return values


@lru_cache(maxsize=256)
def _custom_values(custom: str) -> Mapping[str, Value]:
    # A row that is imported again often holds what is stored already.
    return {
        f"profile.{bare}": tuple(value) if isinstance(value, list) else value
        for bare, value in json.loads(custom).items()
    }
