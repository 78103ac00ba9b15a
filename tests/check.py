"""The one check command: format, lint, types, floors, dependencies and all tests. `python -m tests.check`"""

import subprocess
import sys

COMMANDS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("lint-imports",),
    ("deptry", "."),
    # A file is run by one process: its fixtures are made once. In their order: else long files of few tests come last.
    ("pytest", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"),
)


def main() -> int:
    """Run every check, also after one failed; return 1 if any did."""
    failed = []
    for command in COMMANDS:
        print(f"== {' '.join(command)}", flush=True)
        executable = _script(command[0])
        if subprocess.run([executable, *command[1:]], check=False).returncode:
            failed.append(command[0])
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def _script(name: str) -> str:
    """Return the tool that was installed beside this very Python, whatever stands on the PATH."""
    from pathlib import Path

    suffix = ".exe" if sys.platform == "win32" else ""
    return str(Path(sys.executable).with_name(name + suffix))


if __name__ == "__main__":
    sys.exit(main())
