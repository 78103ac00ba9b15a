"""What the whole file says about a mapping, as sentences (R22)."""

from collections.abc import Mapping, Sequence

from textual.dom import DOMNode

from crm_tui.i18n import describe_remark, t
from crm_tui.services.importing.survey import Survey
from crm_tui.tui.widgets.signs import sign

MANY_FAIL = 0.2
"""Above this share of bad rows the manager is asked before going on."""
MISSING = -1
"""The column of a remark about one that is not there."""
_MAX_NAMED = 3


def counts_text(node: DOMNode, survey: Survey | None) -> str:
    """Return the counts of good and bad rows as far as they are known."""
    if survey is None:
        return t("wizard.counts_unknown")
    name = "counts_done" if survey.is_complete else "counts_checking"
    failed = f"{sign(node, 'bad')} {survey.failed:,}" if survey.failed else "0"
    counts = t(
        f"wizard.{name}",
        rows=f"{survey.rows:,}",
        total=f"{survey.rows_total:,}",
        good=f"{survey.rows - survey.failed:,}",
        failed=failed,
    )
    count = len(survey.remarks)
    return f"{counts} · {t('wizard.counts_suspicious', count=count)}" if count else counts


def remarks_of(survey: Survey | None, *columns: int) -> list[str]:
    """Return what is suspicious about these columns (MISSING: those that are not there); about all where none is given.

    What is said of a column that is there comes first.
    """
    remarks = [remark for remark in (survey.remarks if survey else ()) if not columns or remark.column in columns]
    return [f"! {describe_remark(remark)}" for remark in sorted(remarks, key=lambda one: one.column == MISSING)]


def suspicious_fields(survey: Survey | None) -> frozenset[str]:
    """Return the fields of the columns that something is remarked about."""
    return frozenset(remark.field for remark in survey.remarks) if survey else frozenset()


def doubts(survey: Survey | None, suggested: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """Return why the manager should look again before going on; nothing where all is well."""
    found = []
    if survey is not None and survey.rows and survey.failed > survey.rows * MANY_FAIL:
        name = "doubt_all_fail" if survey.failed == survey.rows else "doubt_many_fail"
        found.append(t(f"wizard.{name}", count=f"{survey.rows:,}", failed=f"{survey.failed:,}"))
        worst = sorted(survey.failed_by_field.items(), key=lambda item: (-item[1], item[0]))[:_MAX_NAMED]
        found += [
            t("wizard.doubt_field", field=names.get(key, key) if key else t("wizard.whole_row"), failed=f"{count:,}")
            for key, count in worst
        ]
    if survey is not None:
        found += [describe_remark(remark) for remark in survey.remarks][:_MAX_NAMED]
    if suggested:
        found.append(t("wizard.doubt_suggested", fields=", ".join(suggested[:_MAX_NAMED])))
    return found
