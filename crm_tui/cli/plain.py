"""What is typed behind a command, taken as it stands where that is plain to see.

Typer hands every value to pydantic, which takes longer to load than most commands run. Whatever is not plain is still
handed to it: a test compares the two for all parameters.
"""

from enum import StrEnum
from typing import Any

_MOST_DIGITS = 18


class PlainParameter:
    """In the place of what typer converts a parameter's values with; that is made where it is needed."""

    def __init__(self, parameter: Any) -> None:
        self._type = parameter.type_descriptor
        self._make_own = parameter.get_runtime_param

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return what a command gets for what was typed."""
        is_many = param.multiple or param.nargs == -1
        if value is None:
            return () if is_many else None
        if self._is_plain(value, is_many):
            return [self._convert(one) for one in value] if is_many else self._convert(value)
        return self._make_own().coerce(value, param=param, ctx=ctx)

    @property
    def _kind(self) -> Any:
        """The type of one value."""
        kind = self._type.annotation
        return kind.__args__[0] if self._type.is_list else kind

    def _is_plain(self, value: Any, is_many: bool) -> bool:
        kind = self._kind
        if is_many:
            return isinstance(value, tuple) and all(self._is_plain(one, False) for one in value)
        if kind is str:
            return type(value) is str
        if kind is int:
            limits = self._type.parameter_info
            is_number = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS
            return is_number and value == str(int(value)) and limits.max is None and int(value) >= (limits.min or 0)
        return isinstance(kind, type) and issubclass(kind, StrEnum) and value in tuple(kind)

    def _convert(self, value: Any) -> Any:
        return self._kind(value)


def take_plainly(parameter: Any) -> Any:
    """Let a parameter of typer's take plain values by itself, and return it."""
    if "get_runtime_param" not in vars(parameter):
        own = PlainParameter(parameter)
        parameter.get_runtime_param = lambda: own
    return parameter
