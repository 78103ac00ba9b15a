"""Help pages and usage errors in the language in use; their sentences are in `cli_help.toml`, by command and option.

Typer reads help texts when the commands are defined, before any language is known: here they are looked up when a page
is shown. Its classes for wrong usage are told apart by name, because it keeps them in a private module.
"""

import re
from collections.abc import Sequence
from typing import Any

from typer.core import TyperCommand, TyperGroup

from crm_tui.cli.cells import columns, pad, width, wrap
from crm_tui.cli.plain import take_plainly
from crm_tui.core.safe_text import make_visible
from crm_tui.i18n import t

_MAX_WIDTH = 100
_NAME_WIDTH = 30
"""A longer name of an option has its text on the next line."""
_GLOBAL_OPTIONS = ("--db", "--lang")


class Command(TyperCommand):
    """A command whose help is in the language in use."""

    def get_params(self, ctx: Any) -> Any:
        """Return the parameters, `--help` too."""
        return [take_plainly(parameter) for parameter in super().get_params(ctx)]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page."""
        formatter.write(page(self, ctx))


class Group(TyperGroup):
    """A group of commands whose help is in the language in use."""

    def get_params(self, ctx: Any) -> Any:
        """Return the parameters, `--help` too."""
        return [take_plainly(parameter) for parameter in super().get_params(ctx)]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page."""
        formatter.write(page(self, ctx))


def page(command: TyperCommand | TyperGroup, ctx: Any) -> str:
    """Return the help page of a command."""
    cells = min(columns(), _MAX_WIDTH)
    lines = [t("cli.usage", line=usage(command, ctx)), ""]
    for paragraph in t(f"cli_help.{help_key(ctx)}").split("\n\n"):
        lines += [f"  {line}" for line in wrap(paragraph, cells - 2)] + [""]
    parameters = command.get_params(ctx)
    arguments = [one for one in parameters if one.param_type_name == "argument"]
    options = [one for one in parameters if one.param_type_name == "option"]
    lines += _section("cli.help_arguments", [_row(one, ctx) for one in arguments], cells)
    lines += _section("cli.help_options", [_row(one, ctx) for one in options], cells)
    if isinstance(command, TyperGroup):
        rows = [(name, t(f"cli_help.{help_key(ctx, name)}").split("\n\n")[0]) for name in command.commands]
        lines += _section("cli.help_commands", rows, cells)
    return "\n".join(lines).rstrip()


def usage(command: TyperCommand | TyperGroup, ctx: Any) -> str:
    """Return how a command is written, e.g. `crm-tui show [options] [ID]`."""
    pieces = [ctx.command_path, t("cli.help_options_place")]
    for one in command.get_params(ctx):
        if one.param_type_name == "argument":
            name = one.metavar or one.name.upper()
            pieces.append((name if one.required else f"[{name}]") + ("..." if one.nargs == -1 else ""))
    if isinstance(command, TyperGroup):
        pieces.append(t("cli.help_command_place"))
    return " ".join(pieces)


def help_key(ctx: Any, *more: str) -> str:
    """Return the name of a command's text: `fields_add`; `program` for the program itself."""
    return "_".join([*ctx.command_path.split()[1:], *more]) or "program"


def _row(parameter: Any, ctx: Any) -> tuple[str, str]:
    if parameter.param_type_name == "argument":
        name = parameter.metavar or parameter.name.upper()
    else:
        name = ", ".join([*parameter.opts, *parameter.secondary_opts])
        if not parameter.is_flag:
            name += f" {parameter.metavar or parameter.name.upper()}"
    text = _parameter_text(parameter, ctx)
    if parameter.required and parameter.param_type_name == "option":
        text += f" {t('cli.help_required')}"
    return name, text + (f" {t('cli.help_repeatable')}" if parameter.multiple else "")


def _parameter_text(parameter: Any, ctx: Any) -> str:
    """Return what a parameter is for: the command's own words, else those it shares with other commands."""
    try:
        return t(f"cli_help.{help_key(ctx)}__{parameter.name}")
    except KeyError:
        return t(f"cli_help.any__{parameter.name}")


def _section(title: str, rows: Sequence[tuple[str, str]], cells: int) -> list[str]:
    if not rows:
        return []
    room = min(max(width(name) for name, _ in rows), _NAME_WIDTH)
    lines = [t(title)]
    for name, text in rows:
        wrapped = wrap(text, cells - room - 4)
        if width(name) > room:
            lines.append(f"  {name}")
            name = ""
        for line in wrapped:
            lines.append(f"  {pad(name, room)}  {line}")
            name = ""
    return [*lines, ""]


_MESSAGES = (
    (re.compile(r"No such command '(?P<name>.*?)'\.?(?: Did you mean (?P<near>.*)\?)?", re.DOTALL), "no_command"),
    (re.compile(r"Got unexpected extra argument\(s\) \((?P<name>.*)\)", re.DOTALL), "extra"),
    (re.compile(r"Missing command\."), "missing_command"),
)
"""What typer says in English only, as a message without fields."""


def explain(error: Exception) -> tuple[str, ...]:
    """Return what is wrong with a command line, and where its help is."""
    ctx = getattr(error, "ctx", None)
    hint = (t("cli.usage_help", command=ctx.command_path),) if ctx is not None else ()
    return (make_visible(_sentence(error)), *hint)


def is_wrong_usage(error: Exception) -> bool:
    """Say whether typer raised `error` over a command line that it cannot understand."""
    return "UsageError" in {one.__name__ for one in type(error).__mro__}


def _sentence(error: Any) -> str:
    kinds = {one.__name__ for one in type(error).__mro__}
    if "NoSuchOption" in kinds:
        if error.option_name in _GLOBAL_OPTIONS:
            return t("cli.usage_global_option", name=error.option_name)
        near = ", ".join(sorted(error.possibilities or ()))
        return t("cli.usage_no_option", name=error.option_name) + (t("cli.usage_near", near=near) if near else "")
    if "BadOptionUsage" in kinds:
        takes_none = "not take" in error.message
        return t("cli.usage_no_value" if takes_none else "cli.usage_needs_value", name=error.option_name)
    if "BadParameter" in kinds and error.param is not None:
        name = " / ".join(error.param.opts) if error.param.param_type_name == "option" else error.param.metavar
        if "MissingParameter" in kinds:
            return t("cli.usage_missing", name=name)
        return t("cli.usage_invalid", name=name, expected=_expected(error.param))
    for pattern, key in _MESSAGES:
        if match := pattern.fullmatch(error.message):
            named = match.groupdict()
            near = (named.get("near") or "").replace("'", "")
            return t(f"cli.usage_{key}", name=named.get("name")) + (t("cli.usage_near", near=near) if near else "")
    return str(error.message)


def _expected(parameter: Any) -> str:
    """Return what a parameter takes: its choices, else a whole number, the only other thing that typer checks."""
    descriptor = parameter.type_descriptor
    if descriptor.choices is not None:
        return " | ".join(str(one.value) for one in descriptor.choices)
    return t("cli.usage_whole_number", least=parameter.min or 0)
