"""Which column is which field (R22), with the first rows as they would be stored and counts over the whole file."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from crm_tui.core.fields import MEMBER_ID, Field
from crm_tui.core.vocabulary import Target
from crm_tui.i18n import describe_error, field_label, t
from crm_tui.services.importing.survey import Survey
from crm_tui.services.workspace import Workspace
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.jobs import ImportJob
from crm_tui.tui.screens.import_wizard.columns_work import Loaded, Previewed, Refused, in_order, load, preview
from crm_tui.tui.screens.import_wizard.draft import ImportDraft, Mapping
from crm_tui.tui.screens.import_wizard.field_picker import FieldPicker, Picked
from crm_tui.tui.screens.import_wizard.preview_pane import PreviewPane
from crm_tui.tui.screens.import_wizard.raw_rows import title
from crm_tui.tui.screens.import_wizard.remarks import MISSING, doubts, suspicious_fields
from crm_tui.tui.screens.import_wizard.step import Step, buttons
from crm_tui.tui.screens.import_wizard.surveyor import Subject, Surveyed, Surveyor
from crm_tui.tui.widgets.column_mapper import ColumnMapper, Columns, named
from crm_tui.tui.widgets.row_list import RowList
from crm_tui.tui.widgets.safe_text import safe


class ColumnsStep(Step):
    """The mapping and its preview."""

    next_step = "settings"

    _fields: tuple[Field, ...] = ()
    _order: tuple[int, ...] = ()

    def __init__(self, draft: ImportDraft, workspace: Workspace, job: ImportJob) -> None:
        super().__init__(draft, workspace, job)
        self._surveyor = Surveyor(self)

    def compose(self) -> ComposeResult:
        """Lay out the list beside or above the preview."""
        yield Static(safe(t("wizard.columns_reading")), id="columns-title", classes="title")
        with Container(id="columns-panes"):
            yield ColumnMapper(id="columns")
            yield PreviewPane()
        yield buttons()

    def on_mount(self) -> None:
        """Read what fields there are."""
        self.query_one(ColumnMapper).focus()
        opened = self.draft.opened
        if opened is None:
            self.query_one("#columns-title", Static).update(safe(t("wizard.file_missing")))
        else:
            load(self, self.workspace, opened.source, None if self.draft.mapping else self.draft.target)

    def on_unmount(self) -> None:
        """Stop what still runs."""
        self._surveyor.stop()

    @on(Refused)
    def _refused(self, event: Refused) -> None:
        event.stop()
        self.tell(describe_error(event.error))

    @on(Loaded)
    def _loaded(self, event: Loaded) -> None:
        """Propose what is certain; show the rest as suggestions."""
        event.stop()
        self._fields = event.fields
        self.draft.labels = {one.key: field_label(one) for one in event.fields}
        if self.draft.mapping is None:
            self.draft.mapping = Mapping(
                tuple(one.field if one.is_certain else None for one in event.proposals),
                tuple(None if one.is_certain else one.field for one in event.proposals),
            )
        self._order = in_order(self.draft.columns, self.draft.key_field, self._offered)
        self._show()

    @property
    def _offered(self) -> list[Field]:
        """The fields that a column may be, the key first."""
        fields = [one for one in self._fields if self.draft.target is Target.MEMBER or one.key != MEMBER_ID]
        return sorted(fields, key=lambda one: one.key != self.draft.key_field)

    # -- showing ----------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        """Show the mapping, and begin to look at the rows under it."""
        draft, mapping = self.draft, self.draft.mapping
        if draft.opened is None or mapping is None:
            return
        key = draft.key_field
        if key in mapping.columns and mapping.columns[self._order[0]] != key:
            column = mapping.columns.index(key)
            self._order = (column, *(one for one in self._order if one != column))
        self._show_columns()
        self._show_title(mapping)
        by_key = {one.key: one for one in self._fields}
        preview(self, draft.opened, self._order, mapping, by_key, key)
        self._survey(by_key)

    def _show_columns(self) -> None:
        draft, mapping = self.draft, self.draft.mapping
        if draft.opened is None or mapping is None:
            return
        known = self._known()
        self.query_one(ColumnMapper).show_columns(
            Columns(
                self._order,
                [title(header, column) for column, header in enumerate(draft.opened.source.headers)],
                draft.opened.rows,
                mapping.columns,
                mapping.suggested,
                {one.key: one for one in self._fields},
                draft.key_field,
                known.failed_by_field if known else {},
                suspicious_fields(known),
            )
        )
        self.query_one(PreviewPane).show_survey(known)
        self._say()

    def _show_title(self, mapping: Mapping) -> None:
        line = self.query_one("#columns-title", Static)
        is_missing = self.draft.key_field not in mapping.columns
        line.set_class(is_missing, "warning")
        suggested = sum(key is not None for key in mapping.suggested)
        if is_missing:
            line.update(safe(t("wizard.key_unmapped", key=self._named(self.draft.key_field))))
        elif suggested:
            line.update(safe(t("wizard.columns_suggested", count=suggested)))
        else:
            line.update(safe(t("wizard.columns_title")))

    def _named(self, key: str) -> str:
        return named(key, {one.key: one for one in self._fields})

    # -- the first rows ---------------------------------------------------------------------------------------------

    @on(Previewed)
    def _previewed(self, event: Previewed) -> None:
        """Show the first rows, if the mapping is still the one they were checked under."""
        event.stop()
        if event.mapping == self.draft.mapping:
            self.query_one(PreviewPane).show_preview(event.preview, self.query_one(ColumnMapper).cursor)
            self._say()

    @on(RowList.Moved)
    def _moved_in_list(self, event: RowList.Moved) -> None:
        event.stop()
        self.query_one(PreviewPane).move_to_line(event.row_list.cursor)
        self._say()

    @on(PreviewPane.Focused)
    def _moved_in_rows(self, event: PreviewPane.Focused) -> None:
        event.stop()
        self._say()

    def on_resize(self) -> None:
        """Say what there is room for."""
        self._say()

    def on_descendant_focus(self) -> None:
        """Say what belongs to the list, or to the rows."""
        self._say()

    def _say(self) -> None:
        mapper = self.query_one(ColumnMapper)
        columns = (mapper.column,) if mapper.has_focus and mapper.column is not None else ()
        # What is said of columns that are not there is said at the first one.
        self.query_one(PreviewPane).say(*columns, *((MISSING,) if columns and mapper.cursor == 0 else ()))

    # -- the whole file ---------------------------------------------------------------------------------------------

    def _subject(self) -> Subject | None:
        source, mapping = self.draft.source, self.draft.mapping
        return (source, mapping.columns, self.draft.key_field) if source and mapping else None

    def _known(self) -> Survey | None:
        surveyed = self.draft.surveyed
        return surveyed[1] if surveyed and surveyed[0] == self._subject() else None

    def _survey(self, by_key: dict[str, Field]) -> None:
        """Count good and bad rows of the whole file, unless it was done for this mapping."""
        subject, known = self._subject(), self._known()
        if subject is None or (known is not None and known.is_complete):
            self._surveyor.stop()
        else:
            self._surveyor.start(subject, [by_key.get(key) if key else None for key in subject[1]])

    @on(Surveyed)
    def _surveyed(self, event: Surveyed) -> None:
        event.stop()
        if event.subject == self._subject():
            self.draft.surveyed = (event.subject, event.survey)
            self._show_columns()

    # -- changing ---------------------------------------------------------------------------------------------------

    def _change(self, mapping: Mapping) -> None:
        if mapping != self.draft.mapping:
            self.draft.mapping = mapping
            self._show()

    @on(RowList.Opened)
    def _choose(self, event: RowList.Opened) -> None:
        event.stop()
        mapping, opened = self.draft.mapping, self.draft.opened
        if mapping is None or opened is None:
            return
        column = self.query_one(ColumnMapper).column_of(event.row_list.cursor)
        headers = opened.source.headers
        samples = [cells[column][:200] for _, cells in opened.rows if column < len(cells) and cells[column].strip()]
        taken = {
            key: title(headers[other], other)
            for other, key in enumerate(mapping.columns)
            if key is not None and other != column
        }

        def picked(choice: Picked | None) -> None:
            if choice is not None:
                self._put(column, choice.field, taken)

        self.app.push_screen(
            FieldPicker(
                title(headers[column], column),
                samples,
                self._offered,
                taken,
                self.workspace,
                mapping.columns[column] or mapping.suggested[column],
            ),
            picked,
        )

    def _put(self, column: int, field: Field | None, taken: dict[str, str]) -> None:
        mapping = self.draft.mapping
        if mapping is None:
            return
        if field is not None and field not in self._fields:
            self._fields += (field,)
            self.draft.labels[field.key] = field_label(field)
        key = field.key if field else None
        self._change(mapping.put(column, key))
        loser = taken.get(key) if key else None
        self.tell("" if loser is None or key is None else t("wizard.field_moved", field=self._named(key), header=loser))

    @on(ColumnMapper.Accepted)
    def _accepted(self, event: ColumnMapper.Accepted) -> None:
        event.stop()
        mapping = self.draft.mapping
        if mapping is None:
            return
        columns = range(len(mapping.columns)) if event.column is None else (event.column,)
        for column in columns:
            mapping = mapping.accept(column)
        self._change(mapping)

    @on(ColumnMapper.Excluded)
    def _excluded(self, event: ColumnMapper.Excluded) -> None:
        event.stop()
        if self.draft.mapping is not None:
            self._change(self.draft.mapping.put(event.column, None))

    # -- going on ---------------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        """Go on; where something is wrong, ask first (R22)."""
        mapping = self.draft.mapping
        if mapping is None:
            self.tell(t("wizard.columns_reading" if self.draft.opened else "wizard.file_missing"))
            return
        has_key = self.draft.key_field in mapping.columns
        suggested = [named(key, {one.key: one for one in self._fields}) for key in mapping.suggested if key]
        found = doubts(self._known(), suggested, self.draft.labels)
        if not has_key:
            found = [t("wizard.key_unmapped", key=self._named(self.draft.key_field)), *found]
        if not found:
            super().go_on()
            return
        answers = [("stay", t("wizard.ask_stay")), ("other", t("wizard.ask_other_file"))]
        if has_key:
            answers.insert(0, ("go", t("wizard.ask_go_on")))
            if suggested:
                answers.insert(0, ("accept", t("wizard.ask_accept")))
        self.app.push_screen(Ask("\n".join(found), answers), self._answered)

    def _answered(self, answer: str | None) -> None:
        if answer == "accept":
            self.post_message(ColumnMapper.Accepted(None))
        if answer in ("accept", "go"):
            self.post_message(self.Go("settings"))
        elif answer == "other":
            self.draft.wants_other_file = True
            self.post_message(self.Go("file"))
