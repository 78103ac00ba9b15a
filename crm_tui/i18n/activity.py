"""What was done, in sentences (R52): one for every kind of line, for the screens and the command line alike."""

from collections.abc import Iterable, Mapping
from typing import Any

from crm_tui.core.fields import Field
from crm_tui.i18n import catalogue, field_label, language, t
from crm_tui.services.activity import ActivityKind
from crm_tui.services.activity_log import Broken, Verified

_NUMBERS = (
    *("count", "created", "updated", "failed", "unified", "unify_pending"),
    *("missing", "failed_rows", "hidden", "lines", "left_out"),
)
_OF_A_FIELD = ("field", "contact", "by")
_OF_MANY = (ActivityKind.UNIFIED, ActivityKind.UNIFY_PENDING)
_HAPPENED = ("login", "became_member", "returned")


def kind_name(kind: ActivityKind | None) -> str:
    """Return what a kind of line is called."""
    return t("activity.done_unknown") if kind is None else t(f"activity.kind_{kind.value}")


def describe_activity(kind: ActivityKind | None, details: Mapping[str, Any], fields: Mapping[str, Field]) -> str:
    """Say what was done; not yet safe for a terminal.

    Args:
        kind: Its kind.
        details: Those of the line, with the `names` of its tags. What is missing in them is passed over: a line that
            somebody has changed behind the program's back is still shown.
        fields: By key, to name those that it is about.
    """
    if kind is None:
        return t("activity.done_unknown")
    numbers = {name: _number(details.get(name, 0)) for name in _NUMBERS}
    sentence = t(
        f"activity.done_{kind.value}",
        what=_what(kind, details, fields),
        import_id=details.get("import", ""),
        name=details.get("name", ""),
        role=_word("role", details.get("role", "")),
        occasion=_word("occasion", details.get("occasion", "")),
        limit=t("activity.no_limit") if details.get("limit") is None else _number(details["limit"]),
        **numbers,
    )
    return ", ".join((sentence.rstrip(": "), *_besides(kind, details, numbers)))


def describe_happening(kind: ActivityKind | None, details: Mapping[str, Any], fields: Mapping[str, Field]) -> str:
    """Say what was done with one customer: how many others it was done with is not about them."""
    if kind in _OF_MANY:
        return t(f"activity.happened_{kind.value}", occasion=_word("occasion", details.get("occasion", "")))
    return describe_activity(kind, details, fields)


def describe_check(found: Verified | Broken) -> str:
    """Say whether the log is as it was written."""
    if isinstance(found, Broken):
        return t(f"activity.broken_{found.fault.value}", line=f"{found.line_id:,}")
    return t("activity.verified", lines=f"{found.lines:,}")


def _besides(kind: ActivityKind, details: Mapping[str, Any], numbers: Mapping[str, str]) -> Iterable[str]:
    """Return what is said only where there is something to say."""
    if kind is ActivityKind.VISITED:
        yield from (t(f"activity.visited_{name}") for name in _HAPPENED if details.get(name))
    if kind is ActivityKind.IMPORT_APPLIED and (details.get("unified") or details.get("unify_pending")):
        yield t("activity.unified_too", **numbers)
    if kind is ActivityKind.IMPORT_APPLIED:  # behind those, which a narrow table would cut off
        yield t("activity.failed_too", **numbers)
    if details.get("left_out"):
        yield t("activity.tags_left_out", **numbers)


def _what(kind: ActivityKind, details: Mapping[str, Any], fields: Mapping[str, Field]) -> str:
    if kind is ActivityKind.REFUSED:
        return _permission(details.get("permission"))
    if kind is ActivityKind.IMPORT_ENDED:
        return _word("state", details.get("state", ""))
    if kind is ActivityKind.TALKED:
        return _word("talk", f"{details.get('talk')}_{details.get('direction')}")
    if kind is ActivityKind.AUDIENCE_EXPORTED:
        return _word("channel", details.get("channel", ""))
    if "permissions" in details:
        return ", ".join(map(_permission, _texts(details["permissions"]))) or t("activity.nothing")
    if "fields" in details:
        return ", ".join(_label(key, fields) for key in _texts(details["fields"]))
    if "names" in details:
        # A tag that is gone has no name any more.
        gone = len(details.get("tags", ())) - len(details["names"])
        return ", ".join((*details["names"], *([t("activity.tags_gone", count=gone)] if gone else ())))
    if "import_tag" in details:
        return str(details["import_tag"])
    return ", ".join(_label(str(details[name]), fields) for name in _OF_A_FIELD if name in details)


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else []


def _label(key: str, fields: Mapping[str, Field]) -> str:
    return field_label(fields[key]) if key in fields else key


def _word(group: str, name: object) -> str:
    """Return what one of our words is called; a name that a person gave is its own."""
    return catalogue(language(), "activity").get(f"{group}_{name}", str(name))


def _permission(name: object) -> str:
    return catalogue(language(), "team").get(f"permission_{name}") or _word("permission", name)


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
