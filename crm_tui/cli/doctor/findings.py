"""What the doctor says: a subject, a verdict, a sentence."""

from __future__ import annotations

from enum import StrEnum

from crm_tui.structs import Struct
from crm_tui.text import safe


class Verdict(StrEnum):
    """How it is."""

    OK = "ok"
    ADVICE = "advice"
    """It works, and could be better, or cannot be seen from here."""
    PROBLEM = "problem"


class Finding(Struct, frozen=True):
    """One thing that was looked at."""

    subject: str
    verdict: Verdict
    said: str
    """May hold foreign text; made safe when it is shown."""
    is_sign_in: bool = False
    """Whether a problem with it is one of signing in, which has an exit code of its own."""

    def line(self) -> str:
        """Give the line that is printed."""
        return f"{self.verdict:<7}  {self.subject:<14}  {safe(self.said)}"


def ok(subject: str, said: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(subject, Verdict.OK, said)


def advice(subject: str, said: str) -> Finding:
    """Say what could be better."""
    return Finding(subject, Verdict.ADVICE, said)


def problem(subject: str, said: str, *, is_sign_in: bool = False) -> Finding:
    """Say what keeps the program from working."""
    return Finding(subject, Verdict.PROBLEM, said, is_sign_in)
