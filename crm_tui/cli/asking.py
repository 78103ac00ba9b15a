"""Questions to the manager, and the keys that stop what is being done."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from crm_tui.cli.diagnostics import ask, say
from crm_tui.i18n import t


def can_ask() -> bool:
    """Say whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def is_wanted(question: str) -> bool:
    """Ask until the answer can be understood; Korean letters typed for y and n count."""
    while True:
        answer = ask(f"{question} [y/N] ")
        if answer is None:
            raise KeyboardInterrupt
        if answer.casefold() in ("y", "yes", "예", "네", "ㅛ"):
            return True
        if answer.casefold() in ("", "n", "no", "아니오", "아니요", "ㅜ"):
            return False
        say(t("cli.confirm_again"))


def is_number_typed(question: str, number: int) -> bool:
    """Ask for a number once (R48); grouped digits count too. Say whether it was the right one."""
    return _typed(question).replace(",", "") == str(number)


def is_typed(question: str, word: str) -> bool:
    """Ask for a word once; say whether it was the right one."""
    return _typed(question) == word


def _typed(question: str) -> str:
    answer = ask(f"{question} ")
    if answer is None:
        raise KeyboardInterrupt
    return answer.strip()


@contextmanager
def cancelled_by_signals() -> Iterator[threading.Event]:
    """Give an event that ctrl+c, a hang-up or a request to end sets, in place of an end in the middle of something."""
    cancel = threading.Event()
    numbers = (getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
    before = {
        number: signal.signal(number, lambda *_: cancel.set())
        for number in numbers
        if signal.getsignal(number) is not signal.SIG_IGN  # as `nohup` and a shell's `&` want it
    }
    try:
        yield cancel
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
