"""Which of the choices that a command offers somebody means who names one.

A name is compared whatever its case; #id means what bears it.  Nothing is guessed: a slip is only named.
"""

from __future__ import annotations

from typing import Final

from crm_tui.commands.spec import Ask, Choice
from crm_tui.domain.nearest import nearest

_MOST: Final = 12
"""Choices that a message names."""


class NotNamed(Exception):
    """No choice is meant, or none that can be taken; `words` say why, raw, `is_slip` that another name would do."""

    def __init__(self, words: str, *, is_slip: bool) -> None:
        super().__init__(words)
        self.words = words
        self.is_slip = is_slip


def named(ask: Ask, name: str, what: str, *, where: str = "") -> Choice:
    """Find what was named among the choices; raises `NotNamed`.

    `what` is what a choice is called, such as ``stage``; `where` where it was looked for, such as ``on this board``.
    """
    wanted = name.strip().casefold()
    found = [choice for choice in ask.choices if choice.label.strip().casefold() == wanted]
    exact = [choice for choice in found if choice.label == name]
    found = exact or found or [choice for choice in ask.choices if f"#{choice.answer}" == name]
    if len(found) > 1:
        ids = ", ".join(f"#{choice.answer}" for choice in found)
        words = f"Several {what}s are called “{name}”: name one by its id, {ids}."
        raise NotNamed(words, is_slip=True)
    if not found:
        labels = [choice.label for choice in ask.choices]
        near = nearest(name, labels)
        told = f"there are {', '.join(labels[:_MOST])}{' …' * (len(labels) > _MOST)}"
        guess = f"did you mean “{near}”?" if near else f"{told}."
        there = f" {where}" if where else ""
        raise NotNamed(f"There is no {what} “{name}”{there}; {guess}", is_slip=True)
    if found[0].why_not:
        raise NotNamed(found[0].why_not, is_slip=False)
    return found[0]
