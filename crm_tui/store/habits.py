"""What was chosen how often where a command asks, kept between two starts: one small file per profile.

Windows add to what others have counted meanwhile.  It holds ids and numbers and no name, and nothing sends it anywhere.
What cannot be read is as if it had never been, and what cannot be written is counted for as long as the window is open.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from crm_tui.config.files import locked, read_small, replace
from crm_tui.domain.habits import Taken
from crm_tui.paths import make_private_parent

MOST: Final = 500
"""Answers that are kept of one question; those chosen least go first."""

QUESTIONS: Final = 50
"""Questions that are kept: more than there are."""

LARGEST: Final = 1000
"""No count grows beyond: then all of its question are halved, so that what is chosen nowadays weighs more."""

PATIENCE: Final = 0.2
"""Seconds that other windows are waited for: less than anybody notices."""

_LARGEST_FILE: Final = 1024 * 1024
"""Bytes of a file that is read."""

_Counts = dict[str, dict[int, int]]


class Habits:
    """What was chosen how often in one profile."""

    def __init__(self, path: Path | None = None) -> None:
        """Read what was kept; without a path it is counted, and not kept."""
        self._path = path
        self._fresh: list[tuple[str, int]] = []
        """What was chosen and is not in the file yet."""
        self.taken: Taken = _kept(path)
        """What was chosen how often, by this window and by earlier ones."""

    @property
    def is_kept(self) -> bool:
        """Say whether nothing waits for being written down."""
        return not self._fresh or self._path is None

    def take(self, habit: str, answer: int) -> None:
        """Count that something was chosen."""
        self._fresh.append((habit, answer))
        self.taken = _with(self.taken, [(habit, answer)])

    def keep(self) -> bool:
        """Add to the file what was chosen since; say whether that was done.

        Waits for the disk, and a moment for other windows.
        """
        if self._path is None or self.is_kept:
            return False
        try:
            with locked(make_private_parent(self._path), patience=PATIENCE):
                fresh = self._fresh[:]  # more may be chosen while the disk is waited for
                counts = _with(_kept(self._path), fresh)
                if not replace(self._path, msgspec.json.encode(counts), lasting=False):
                    return False
                del self._fresh[: len(fresh)]
        except OSError:
            return False
        return True


def _with(taken: Taken, chosen: list[tuple[str, int]]) -> _Counts:
    """Give what it comes to with some more, the last ones as the newest."""
    counts = {habit: dict(answers) for habit, answers in taken.items()}
    for habit, answer in chosen:
        answers = counts.pop(habit, {})
        answers[answer] = answers.get(answer, 0) + 1
        if answers[answer] > LARGEST:
            answers = {each: count // 2 for each, count in answers.items() if count > 1}
        if len(answers) > MOST:
            others = sorted(answers.keys() - {answer}, key=lambda each: -answers[each])
            answers = {each: answers[each] for each in (answer, *others[: MOST - 1])}
        counts[habit] = answers
    return {habit: counts[habit] for habit in list(counts)[-QUESTIONS:]}


def _kept(path: Path | None) -> _Counts:
    if path is None:
        return {}
    try:
        return msgspec.json.decode(read_small(path, _LARGEST_FILE)[0], type=_Counts)
    except (OSError, msgspec.MsgspecError):
        return {}
