"""`doctor`: versions, database, file rights, keys, terminal; what is wrong and what to do."""

import platform
import sys
from importlib import metadata
from pathlib import Path

from crm_tui import __version__, config
from crm_tui.cli import output
from crm_tui.cli.cells import width
from crm_tui.cli.diagnostics import Exit, say
from crm_tui.cli.keymap import KeyReport
from crm_tui.cli.probe import measured_width
from crm_tui.i18n import describe_error, t
from crm_tui.services import health, indexing
from crm_tui.services.errors import CrmError
from crm_tui.services.indexing import Indexed
from crm_tui.services.workspace import open_workspace

_LIBRARIES = (
    "textual",
    "typer",
    "sqlalchemy",
    "sqlmodel",
    "alembic",
    "phonenumbers",
    "email-validator",
    "python-calamine",
    "xlsxwriter",
    "msoffcrypto-tool",
    "wcwidth",
)
_HANGUL = "한글"
_DRAWN = "─…·"
"""What the screens are drawn with; some terminals show each of them two cells wide."""


class _Findings:
    """What was looked at, and what is wrong with it."""

    def __init__(self) -> None:
        self.facts: dict[str, str] = {}
        self.wrong: list[str] = []


def run_doctor(db: str | None, keys: KeyReport, as_json: bool) -> Exit:
    """Say what is wrong and what to do."""
    findings = _Findings()
    _look_at_versions(findings)
    _look_at_database(findings, config.database_path(db))
    _look_at_keys(findings, keys)
    _look_at_terminal(findings)
    if as_json:
        output.document(findings.facts | {"problems": findings.wrong})
    else:
        output.pairs(findings.facts.items())
    for sentence in findings.wrong or [t("cli.doctor_well")]:
        say(sentence)
    return Exit.REFUSED if findings.wrong else Exit.DONE


def _look_at_versions(findings: _Findings) -> None:
    library = health.examine_library()
    findings.facts |= {
        "crm-tui": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "sqlite": f"{library.version} ({library.driver})",
    }
    for name in _LIBRARIES:
        try:
            findings.facts[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            findings.wrong.append(t("cli.doctor_missing", name=name))
    if library.has_wal_bug:
        findings.wrong.append(t("cli.doctor_old_sqlite"))


def _look_at_database(findings: _Findings, path: Path) -> None:
    findings.facts["database"] = str(path)
    if health.is_missing(path):
        findings.facts["integrity"] = t("cli.doctor_no_database")
    else:
        try:
            workspace = open_workspace(str(path))
            try:
                found, indexed = health.examine(workspace), indexing.examine(workspace)
            finally:
                workspace.close()
        except CrmError as error:
            findings.wrong.append(describe_error(error))
        else:
            findings.facts |= {"journal": found.journal, "integrity": found.integrity, "indexes": _told(indexed)}
            if found.integrity != "ok":
                findings.wrong.append(t("cli.doctor_damaged"))
    try:
        private = health.private_paths(path)
    except CrmError as error:
        findings.wrong.append(describe_error(error))
        return
    findings.facts["state"] = str(config.state_folder())
    for open_path in health.readable_by_others(private):
        rights = "700" if open_path.is_dir() else "600"
        findings.wrong.append(t("cli.doctor_rights", path=open_path, rights=rights))


def _told(indexed: Indexed) -> str:
    if not indexed.has_text_index:
        return t("cli.doctor_no_text_index")
    return t(
        "cli.doctor_indexed",
        held=f"{indexed.held:,}",
        customers=f"{indexed.customers:,}",
        fields_held=indexed.fields_held,
        fields=indexed.fields_held + indexed.fields_missing,
    )


def _look_at_keys(findings: _Findings, keys: KeyReport) -> None:
    findings.facts["config"] = keys.path
    findings.facts["keys"] = t("cli.doctor_keys", changed=keys.changed, total=len(keys.actions))
    findings.wrong += keys.faults


def _look_at_terminal(findings: _Findings) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    findings.facts["encoding"] = encoding
    try:
        (_HANGUL + _DRAWN).encode(encoding)
    except UnicodeEncodeError:
        findings.wrong.append(t("cli.doctor_encoding", encoding=encoding))
        return
    hangul, drawn = measured_width(_HANGUL), measured_width(_DRAWN)
    if hangul is None or drawn is None:
        findings.facts["terminal"] = t("cli.doctor_unmeasured")
        return
    findings.facts["terminal"] = t("cli.doctor_measured", hangul=hangul, drawn=drawn)
    if hangul != width(_HANGUL):
        findings.wrong.append(t("cli.doctor_hangul", cells=hangul, right=width(_HANGUL)))
    if drawn != width(_DRAWN):
        findings.wrong.append(t("cli.doctor_drawn"))
