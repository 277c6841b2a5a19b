"""Writes intents into a journal, one after the other, whatever becomes of them: for a disk that fails under it.

It says ``promised NUMBER`` or ``refused NUMBER WORDS`` of each, and ``read COUNT`` or
``unread 0 WORDS`` at the end, and ``notice …`` of what the user is told.  Started as
``python -m tests.store.failing JOURNAL COUNT``.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from crm_tui.domain.intent import Step
from crm_tui.store import entries, lookups
from crm_tui.store.journal import Journal, JournalFailed
from tests.store.intents import ANA, an_intent
from tests.world import NOW, clock


def main(path: str, count: str) -> None:
    """Write down, and say what became of it."""
    with closing(Journal(Path(path), clock=clock)) as journal:
        for number in range(1, int(count) + 1):
            intent = an_intent(number)
            try:
                journal.do_now(entries.note(Step(intent.step), [intent], ANA, "run", NOW, {}))
                print("promised", number)
            except JournalFailed as error:
                print("refused", number, error.words)
        try:
            print("read", len(journal.do_now(lookups.unfinished(ANA))))
        except JournalFailed as error:
            print("unread", 0, error.words)
        for notice in journal.notices:
            print("notice", notice)


if __name__ == "__main__":
    main(*sys.argv[1:])
