"""A database made once and copied for every test; the command line in this process, and as a real one."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crm_tui import config
from crm_tui.__main__ import read_keys
from crm_tui.cli.main import run
from crm_tui.cli.starting import Program


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def database(private_home: Path, empty_database: Path) -> Path:
    """The test's own database, where the program looks for it by itself."""
    path = config.database_path()
    path.parent.mkdir(mode=0o700, parents=True)
    shutil.copy2(empty_database, path)
    return path


@pytest.fixture
def sql(database: Path) -> Callable[..., list[tuple[Any, ...]]]:
    """Ask or change the database behind the program's back."""

    def execute(statement: str, *params: object) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(database)
        with connection:
            rows = connection.execute(statement, params).fetchall()
        connection.close()
        return rows

    return execute


@pytest.fixture
def cli(database: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Run a command in this process; the screen, if it is asked for, is `open_program`."""

    def no_screen(program: Program) -> int:
        raise AssertionError(f"nobody asked for a screen: {program}")

    def call(*arguments: object, open_program: Callable[[Program], int] = no_screen) -> Ended:
        capsys.readouterr()
        code = run([str(one) for one in arguments], open_program, read_keys)
        written = capsys.readouterr()
        return Ended(code, written.out, written.err)

    return call


@pytest.fixture
def process(database: Path) -> Callable[..., Ended]:
    """Run a command as a process of its own."""

    def call(*arguments: object, script: str | None = None, env: dict[str, str] | None = None, **options: Any) -> Ended:
        command = ["-m", "crm_tui"] if script is None else ["-c", script]
        ended = subprocess.run(
            [sys.executable, *command, *map(str, arguments)],
            env={**os.environ, **(env or {})},
            timeout=180,
            check=False,
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )
        return Ended(
            ended.returncode, (ended.stdout or b"").decode("utf-8", "surrogateescape"), (ended.stderr or b"").decode()
        )

    return call


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a file to import."""

    def write(text: str, name: str = "5월 고객.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write
