"""The console script."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm_tui.cli.main import Program


def main() -> None:
    """Answer --version at once; leave everything else to the command line."""
    if sys.argv[1:] == ["--version"]:
        from crm_tui import __version__

        print(f"crm-tui {__version__}")
        return
    from crm_tui.cli.main import run

    sys.exit(run(sys.argv[1:], _open_program))


def _open_program(program: "Program") -> int:
    """Open the full-screen program; here, where both fronts are known, because they may not see each other."""
    from crm_tui.tui.app import run

    return run(program.db, program.language, slow=program.is_slow, ascii_only=program.ascii_only, mouse=program.mouse)


if __name__ == "__main__":
    main()
