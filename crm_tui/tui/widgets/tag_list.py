"""Customer tags as a tree, and import tags under them, with the numbers of customers who carry them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from crm_tui.core.text import fold
from crm_tui.i18n import t
from crm_tui.services.tags import TagCount, TagNode
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import fit
from crm_tui.tui.widgets.signs import sign
from crm_tui.tui.widgets.times import local_time

_WIDTHS = (10, 12, 15)
"""Customers, customers with the tags below, remark; the tag itself takes what is left."""
_WIDEST_TAG = 60


@dataclass(frozen=True, slots=True)
class TagLine:
    """One line: a customer tag, an import tag, or, with neither, a heading or a gap."""

    tag: TagNode | None = None
    import_tag: TagCount | None = None
    heading: str = ""
    fold_sign: str = ""
    """Whether the tags below are in sight; "" for a tag with none below."""
    branch_sign: str = ""
    """How it hangs on the tag above; "" for a tag of the first level."""

    @property
    def name(self) -> str:
        """The whole name of the tag, "" where there is none."""
        return self.tag.name if self.tag is not None else self.import_tag.name if self.import_tag is not None else ""

    @property
    def place(self) -> tuple[bool, str]:
        """What the line is known by when the list is read again."""
        return self.import_tag is not None, fold(self.name)


class TagList(RowList):
    """Shows tags; those with others below fold and unfold."""

    HEADER_LINES: ClassVar[int] = 1

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tree: Sequence[TagNode] = ()
        self._import_tags: Sequence[TagCount] = ()
        self._lines: list[TagLine] = []
        self._folded: set[str] = set()
        self._wanted = ""

    @property
    def current(self) -> TagLine | None:
        """The line under the cursor."""
        return self._lines[self.cursor] if self._lines else None

    @property
    def is_filtered(self) -> bool:
        """Whether only tags with a certain text are in sight."""
        return bool(self._wanted)

    def show(self, tree: Sequence[TagNode], import_tags: Sequence[TagCount]) -> None:
        """Take other tags; the cursor stays on its tag."""
        if (tree, import_tags) != (self._tree, self._import_tags):
            self._tree, self._import_tags = tree, import_tags
            self._fill()

    def find(self, wanted: str) -> None:
        """Show only tags whose name holds a text, and those above them."""
        if fold(wanted) != self._wanted:
            self._wanted = fold(wanted)
            self._fill()

    def follow(self, name: str) -> None:
        """Put the cursor on a customer tag, if it is there."""
        row = next((row for row, one in enumerate(self._lines) if one.place == (False, fold(name))), None)
        if row is not None:
            self.move_to(row)

    def _fill(self) -> None:
        before = self.current
        tags = list(self._tag_lines())
        import_tags = [TagLine(import_tag=tag) for tag in self._import_tags if self._wanted in fold(tag.name)]
        between = [TagLine(), TagLine(heading="import")] if tags and import_tags else []
        self._lines = [*tags, *between, *import_tags]
        places = (row for row, one in enumerate(self._lines) if before is not None and one.place == before.place)
        row = next(places, min(self.cursor, len(self._lines) - 1))
        while row > 0 and not self.can_stand(row):
            row -= 1
        self.set_rows(len(self._lines), row)
        self.post_message(self.Moved(self))

    def _tag_lines(self) -> Iterable[TagLine]:
        for node in self._tree:
            below = [child for child in node.children if self._wanted in fold(child.name)]
            if not below and self._wanted not in fold(node.name):
                continue
            is_folded = fold(node.name) in self._folded and not self._wanted
            yield TagLine(node, fold_sign=("folded" if is_folded else "unfolded") if node.children else "")
            for child in () if is_folded else below:
                yield TagLine(child, branch_sign="last_branch" if child is below[-1] else "branch")

    def can_stand(self, row: int) -> bool:
        """Pass over headings."""
        return bool(self._lines[row].name)

    def action_unfold(self) -> None:
        """Show the tags below; where they are in sight, go to the first of them."""
        line = self.current
        if line is None or line.tag is None or not line.fold_sign:
            return
        if line.fold_sign == "folded":
            self._folded.discard(fold(line.name))
            self._fill()
        else:
            self.move_to(self.cursor + 1)

    def action_fold(self) -> None:
        """Put the tags below out of sight; from one of them, go to the tag above."""
        line = self.current
        if line is None or line.tag is None:
            return
        if line.branch_sign:
            self.move_to(next(row for row in range(self.cursor, -1, -1) if not self._lines[row].branch_sign))
        elif line.fold_sign == "unfolded" and not self._wanted:
            self._folded.add(fold(line.name))
            self._fill()

    def header(self, width: int) -> str:
        """Return the names of the columns, of the kind of tags that is topmost."""
        first = self._lines[self.top] if self._lines else TagLine()
        return _heading("import" if first.import_tag is not None or first.heading else "tag", width)

    def draw(self, row: int, width: int) -> tuple[str, str]:
        """Return one tag with its numbers."""
        line = self._lines[row]
        if not line.name:
            return _heading(line.heading, width) if line.heading else "", "row-list--dim"
        if line.import_tag is not None:
            tag = line.import_tag
            given = "" if tag.given_at is None else local_time(tag.given_at, with_time=False)
            return _row(f"  {tag.name}", (f"{tag.count:,}", "", given), width), "row-list--row"
        assert line.tag is not None
        node = line.tag
        before = sign(self, line.fold_sign or line.branch_sign) if line.fold_sign or line.branch_sign else " "
        text = f"{'  ' if line.branch_sign else ''}{before} {node.label}"
        total = f"{node.total:,}" if line.fold_sign else ""
        remark = "" if node.is_offered else t("settings.not_offered")
        kind = "row-list--row" if node.is_offered else "row-list--dim"
        return _row(text, (f"{node.count:,}", total, remark), width), kind

    def text_to_copy(self) -> str:
        """Return the tag under the cursor."""
        return self.current.name if self.current is not None else ""


def _heading(kind: str, width: int) -> str:
    names = ("customers", "with_below" if kind == "tag" else "", "remark" if kind == "tag" else "given")
    return _row(t(f"settings.column_{kind}"), tuple(name and t(f"settings.column_{name}") for name in names), width)


def _row(text: str, numbers: Sequence[str], width: int) -> str:
    room = max(8, min(_WIDEST_TAG, width - sum(_WIDTHS) - len(_WIDTHS) - 1))
    count, total, remark = numbers
    shown = (fit(count, _WIDTHS[0], right=True), fit(total, _WIDTHS[1], right=True), "", fit(remark, _WIDTHS[2]))
    return " ".join((fit(text, room), *shown))
