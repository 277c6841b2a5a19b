"""What SQLite may do where a file lies (K08, K09)."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from crm_tui.store.filesystems import kind_in, kind_of
from crm_tui.store.journal import Journal
from crm_tui.store.mirror_file import SAFE_WAL, journal_mode
from tests.world import clock

TABLE = """\
/dev/vda / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
server:/home /home nfs4 rw,vers=4.2 0 0
tmpfs /home/ana/My\\040Files tmpfs rw 0 0
/dev/vdb /srv xfs rw 0 0
sshfs#there: /srv fuse.sshfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/x", "ext4"),
        ("/homework/x", "ext4"),
        ("/home/ana/x", "nfs4"),
        ("/home/ana/My Files/x", "tmpfs"),
        ("/srv/x", "fuse.sshfs"),
    ],
)
def test_K08_the_innermost_and_latest_mount_says_what_a_file_lies_on(path: str, kind: str) -> None:
    assert kind_in(TABLE, Path(path)) == kind


@pytest.mark.skipif(not Path("/proc/self/mounts").exists(), reason="there is no table of mounts")
def test_K08_the_systems_own_table_is_read(tmp_path: Path) -> None:
    assert kind_of(Path("/proc/version")) == "proc"
    link = tmp_path / "link"
    link.symlink_to("/proc")
    assert kind_of(link / "version") == "proc"


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "what-nobody-knows"])
def test_K08_where_locks_may_not_hold_it_is_said_and_no_log_is_written_ahead(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "journal.sqlite3"
    with closing(Journal(path, clock=clock, kind_of=lambda _path: kind)) as journal:
        assert journal.is_kept
        assert journal.notices == [
            f"The journal lies on {kind}, where several windows may harm it: open one at a time ({path})."
        ]
    assert journal_mode(path, SAFE_WAL, lambda _path: kind) == "DELETE"


@pytest.mark.parametrize("kind", ["ext4", "overlay", "tmpfs", "9p", ""])
def test_K08_where_they_hold_or_nobody_says_nothing_is_said(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "journal.sqlite3"
    with closing(Journal(path, clock=clock, kind_of=lambda _path: kind)) as journal:
        assert journal.notices == []


@pytest.mark.parametrize(
    ("version", "kind", "mode"),
    [
        ((3, 40, 1), "ext4", "DELETE"),
        ((3, 51, 2), "ext4", "DELETE"),
        ((3, 51, 3), "ext4", "WAL"),
        ((3, 52, 0), "overlay", "WAL"),
        ((3, 52, 0), "9p", "DELETE"),
        ((3, 52, 0), "", "DELETE"),
    ],
)
def test_K09_a_log_is_written_ahead_only_by_an_sqlite_that_loses_none(
    tmp_path: Path, version: tuple[int, ...], kind: str, mode: str
) -> None:
    assert journal_mode(tmp_path / "book.sqlite3", version, lambda _path: kind) == mode
