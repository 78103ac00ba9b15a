"""`keys`: what every key does, in the form that the config file takes."""

from dataclasses import dataclass

from crm_tui.cli import output
from crm_tui.cli.diagnostics import Exit, say
from crm_tui.i18n import t


@dataclass(frozen=True, slots=True)
class KeyAction:
    """One action of the screens."""

    id: str
    keys: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class KeyReport:
    """The screens' keys, told to the command line; handed in, because fronts do not know each other."""

    path: str
    """The config file."""
    changed: int
    """How many actions have keys of the manager's own."""
    faults: tuple[str, ...]
    """What is wrong with the config file, as sentences."""
    actions: tuple[KeyAction, ...]


def show_keys(report: KeyReport, as_json: bool) -> Exit:
    """List every action with its keys; say what is wrong with the config file."""
    if as_json:
        output.array({"id": one.id, "keys": list(one.keys), "name": one.name} for one in report.actions)
    else:
        output.table(("id", "keys", "name"), [(one.id, " ".join(one.keys), one.name) for one in report.actions])
    for sentence in report.faults or [t("cli.keys_place", path=report.path)]:
        say(sentence)
    return Exit.REFUSED if report.faults else Exit.DONE
