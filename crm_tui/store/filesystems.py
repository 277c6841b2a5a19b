"""On what kind of filesystem a file lies, and what SQLite may do there.  It opens no file but the system's own table.

Where the system has no such table (only Linux has it in this place) the kind is unknown and unsaid.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

KindOf = Callable[[Path], str]
"""Gives the kind of filesystem that a path lies on, as the system calls it; empty where it does not say."""

_MOUNTED: Final = Path("/proc/self/mounts")

_LOCAL: Final = frozenset(
    {
        *(
            "aufs",
            "bcachefs",
            "btrfs",
            "ecryptfs",
            "exfat",
            "ext2",
            "ext3",
            "ext4",
            "f2fs",
            "fuseblk",
        ),
        *("jfs", "nilfs2", "ntfs3", "overlay", "ramfs", "reiserfs", "tmpfs", "vfat", "xfs", "zfs"),
    }
)

_OF_THE_HOST: Final = frozenset({"9p", "virtiofs"})
"""Lent to a virtual machine or a sandbox, whose windows are all on this one system."""


def kind_of(path: Path) -> str:
    """Look up a path's kind of filesystem in the system's table."""
    try:
        table = _MOUNTED.read_text(errors="surrogateescape")
    except OSError:
        return ""
    return kind_in(table, Path(os.path.realpath(path)))


def kind_in(table: str, path: Path) -> str:
    """Find the kind of an absolute path without links in a table of mounts (`man 5 fstab`); the innermost counts."""
    kind, depth = "", 0
    for line in table.splitlines():
        _, place, found, *_ = line.split(" ")
        mounted = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), place))
        if len(mounted.parts) >= depth and path.is_relative_to(mounted):
            kind, depth = found, len(mounted.parts)
    return kind


def shares_memory(kind: str) -> bool:
    """Say whether processes can share a file's memory there, as SQLite's write-ahead log needs it."""
    return kind in _LOCAL


def may_lose_locks(kind: str) -> bool:
    """Say whether a lock may not keep others out there: on a network, or on what nobody knows here."""
    return kind != "" and kind not in _LOCAL | _OF_THE_HOST
