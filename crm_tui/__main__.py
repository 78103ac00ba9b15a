"""The console script."""

import sys


def main() -> None:
    """Answer --version at once; leave everything else to the command line."""
    if sys.argv[1:] == ["--version"]:
        from crm_tui import __version__

        print(f"crm-tui {__version__}")
        return
    from crm_tui.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
