"""Deletes what this machine keeps of an account's book, for whoever asks for that; never while a window uses it.

Both files name customers.  Whether anything in them is still needed is asked before, elsewhere.
"""

from __future__ import annotations

import glob
import os
from pathlib import Path

from crm_tui.store import mirror_file
from crm_tui.store.sender import SenderLock


class InUse(Exception):
    """A window that is open uses the file."""


def discard_mirror(path: Path) -> bool:
    """Delete a mirror with all that lies beside it; say whether there was one.  Raises `InUse` and `OSError`."""
    if not path.exists():
        return False
    lock = mirror_file.lock_of(path)
    if lock is None:
        raise InUse
    try:
        mirror_file.throw_away(path)
        path.with_suffix(".lock").unlink(missing_ok=True)
    finally:
        os.close(lock)
    return True


def discard_journal(path: Path) -> bool:
    """Delete a journal, those that were damaged before it too; say whether there was one.

    Raises `InUse` and `OSError`.
    """
    beside = [Path(each) for each in glob.glob(f"{glob.escape(str(path))}*")]
    if not beside:
        return False
    lock = SenderLock(path)
    if not lock.try_to_take():
        raise InUse
    try:
        for each in {*beside, path.with_name(f"{path.name}.sender")}:
            each.unlink(missing_ok=True)
    finally:
        lock.release()
    return True
