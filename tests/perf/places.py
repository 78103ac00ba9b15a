"""Where benchmarks work: a home of their own, and a folder for what the next run needs again."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HOMES = ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
_UNSET = ("CRM_TUI_DB", "CRM_TUI_CONFIG", "PYTHONDONTWRITEBYTECODE")


@contextmanager
def own_home() -> Iterator[Path]:
    """Keep the program, here and in the processes started from here, away from the real home."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="crm-tui-bench-", ignore_cleanup_errors=True) as name:
        os.environ |= dict.fromkeys(_HOMES, name) | {"CRM_TUI_LANG": "en"}
        for variable in _UNSET:
            os.environ.pop(variable, None)
        try:
            yield Path(name)
        finally:
            os.environ.clear()
            os.environ |= before


@contextmanager
def kept_folder(kept: Path | None) -> Iterator[Path]:
    """Give the folder that was asked for, else one that is gone afterwards."""
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="crm-tui-bench-") as name:
        yield Path(name)
