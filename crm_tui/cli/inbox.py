"""`inbox`: what the manager was told of ended imports (R37)."""

from crm_tui.cli import output
from crm_tui.cli.diagnostics import Exit, say
from crm_tui.cli.shapes import moment, numbers_json
from crm_tui.i18n import t
from crm_tui.services.inbox import InboxEntry, inbox, mark_all_read, mark_read
from crm_tui.services.workspace import Workspace

_ALL = -1


def show_inbox(workspace: Workspace, as_json: bool) -> Exit:
    """List the manager's messages, newest first."""
    entries = inbox(workspace, _ALL)
    if as_json:
        output.array(
            {
                "id": entry.id,
                "import_id": entry.import_id,
                "file": entry.file_name,
                "manager": entry.manager,
                "at": moment(entry.created_at),
                "read": entry.is_read,
                **numbers_json(entry.numbers),
            }
            for entry in entries
        )
    elif entries:
        output.table(("id", "state", "at", "manager", "what"), [_cells(entry) for entry in entries])
    else:
        say(t("cli.no_messages"))
    return Exit.DONE


def _cells(entry: InboxEntry) -> tuple[str, ...]:
    numbers = {name: f"{getattr(entry.numbers, name):,}" for name in ("created", "updated", "failed")}
    return (
        str(entry.id),
        "read" if entry.is_read else "unread",
        moment(entry.created_at) or "",
        entry.manager,
        t("inbox.entry", file=entry.file_name, **numbers),
    )


def mark(workspace: Workspace, message_id: int | None, as_json: bool) -> Exit:
    """Note that a message is read, or (None) all of them."""
    count = mark_all_read(workspace) if message_id is None else int(mark_read(workspace, message_id))
    if as_json:
        output.document({"read": count})
    elif not count:
        say(t("inbox.marked_none"))
    else:
        say(t("inbox.marked_one") if message_id is not None else t("inbox.marked", count=f"{count:,}"))
    return Exit.DONE
