"""The import log as a table."""

from collections.abc import Sequence
from typing import ClassVar

from crm_tui.core.vocabulary import LeadKey
from crm_tui.i18n import t
from crm_tui.services.imports import ImportRecord
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit
from crm_tui.tui.widgets.times import local_time

_WIDE = 100
_WIDTHS = {"state": 11, "target": 13, "tag": 18, "customers": 9, "failed": 9, "when": 16, "manager": 10}
"""All but the file's, which takes what is left."""
_RIGHT = ("customers", "failed")


def target_name(record: ImportRecord) -> str:
    """Return whom an import was for, in a word or two."""
    if record.key is None:
        return t("imports.target_member")
    return t("imports.target_email" if record.key is LeadKey.EMAIL else "imports.target_mobile")


class ImportList(RowList):
    """Shows imports, newest first."""

    HEADER_LINES: ClassVar[int] = 1

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._records: Sequence[ImportRecord] = ()

    @property
    def current(self) -> ImportRecord | None:
        """The import under the cursor."""
        return self._records[self.cursor] if self._records else None

    def show(self, records: Sequence[ImportRecord]) -> None:
        """Take other records; the cursor stays on its import."""
        if records == self._records:
            return
        before = self.current
        self._records = records
        places = (row for row, one in enumerate(records) if before is not None and one.id == before.id)
        self.set_rows(len(records), next(places, self.cursor))
        self.post_message(self.Moved(self))

    def text_to_copy(self) -> str:
        """Return the file under the cursor."""
        return str(self.current.path) if self.current is not None else ""

    def header(self, width: int) -> str:
        """Return the columns' names."""
        return " ".join(
            fit(t(f"imports.column_{name}"), cells, right=name in _RIGHT) for name, cells in _columns(width)
        )

    def draw(self, row: int, width: int) -> tuple[str, str]:
        """Return one import."""
        record = self._records[row]
        return (
            " ".join(fit(_cell(record, name), cells, right=name in _RIGHT) for name, cells in _columns(width)),
            "row-list--row",
        )


def _columns(width: int) -> tuple[tuple[str, int], ...]:
    """Return which columns there is room for, and their widths."""
    names = ["state", "file", "customers", "failed"]
    if width >= _WIDE - 2:
        names = ["state", "file", "target", "tag", "customers", "failed", "when", "manager"]
    elif width >= 72:
        names = ["state", "file", "target", "customers", "failed", "when"]
    room = width - sum(_WIDTHS[name] + 1 for name in names if name != "file")
    return tuple((name, _WIDTHS.get(name, max(6, room))) for name in names)


def _cell(record: ImportRecord, column: str) -> str:
    numbers = record.numbers
    match column:
        case "state":
            return t(f"imports.state_{record.state.value}")
        case "file":
            return record.file_name
        case "target":
            return target_name(record)
        case "tag":
            return record.tag or "-"
        case "customers":
            return f"{numbers.customers:,}" if numbers else "-"
        case "failed":
            return f"{numbers.failed:,}" if numbers else "-"
        case "when":
            return local_time(record.started_at)
        case _:
            return record.manager
