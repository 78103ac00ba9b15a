"""What the running import says, in the few characters that there are outside the wizard."""

from crm_tui.i18n import describe_error, t
from crm_tui.services.importing.events import (
    Applied,
    Cancelled,
    Changed,
    ImportEvent,
    Planned,
    Progressed,
    Refused,
    Started,
)


def progress_words(event: ImportEvent) -> str:
    """Return how far the import is, for a corner of the screen; nothing when it has ended."""
    match event:
        case Started():
            return t("imports.progress_reading", percent=0)
        case Progressed(phase="reading", bytes_total=total) if total:
            return t("imports.progress_reading", percent=100 * event.bytes_read // total)
        case Progressed():
            return t(f"imports.progress_{event.phase}", percent="")
        case _:
            return ""


def end_sentence(event: ImportEvent | None) -> str:
    """Say how the import ended and where to see more; nothing when it did not say so itself."""
    match event:
        case Applied(numbers=numbers):
            return t("imports.ended_applied", customers=f"{numbers.customers:,}", failed=f"{numbers.failed:,}")
        case Planned():
            return t("imports.ended_planned")
        case Changed():
            return t("imports.ended_changed")
        case Cancelled():
            return t("imports.ended_cancelled")
        case Refused(error=error):
            return t("imports.ended_refused", reason=describe_error(error))
        case _:
            return ""
