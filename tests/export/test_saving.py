"""Files that are written down: whole or not at all, for their owner alone, in their folder, over nothing unasked."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from crm_tui.export.saving import save, save_beside
from crm_tui.paths import export_file

NAMES = [
    "../../etc/passwd",
    "/etc/passwd",
    "a\0b",
    "ä" * 300,
    "..",
    "",
    "\x1b[31m",
    "\ud800",
    "-rf",
]


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "Documents"
    folder.mkdir()
    monkeypatch.setenv("XDG_DOCUMENTS_DIR", str(folder))
    return folder


@pytest.mark.parametrize("about", NAMES)
def test_E03_a_name_of_foreign_text_stays_in_its_folder(about: str, documents: Path) -> None:
    path = save_beside(export_file("2026-03-02", about, ".csv"), ["a"])
    assert [each.name for each in documents.iterdir()] == [path.name]
    assert path.parent == documents
    assert path.name.startswith("opportunities-2026-03-02")
    assert path.name.isprintable()
    assert path.suffix == ".csv"
    assert len(os.fsencode(path.name)) < 200
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_E03_a_second_export_of_the_same_name_is_numbered(documents: Path) -> None:
    path = export_file("2026-03-02", "due<today owner:me", ".csv")
    assert path.name == "opportunities-2026-03-02-due-today-owner-me.csv"
    names = [save_beside(path, [str(number)]).name for number in range(3)]
    assert names == [path.name, f"{path.stem}-2.csv", f"{path.stem}-3.csv"]
    assert [(documents / name).read_text() for name in names] == ["0", "1", "2"]


def test_E03_without_documents_or_downloads_it_is_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_DOCUMENTS_DIR", "XDG_DOWNLOAD_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "nowhere"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert export_file("2026-03-02", "", ".md") == tmp_path / "opportunities-2026-03-02.md"


def test_E03_nothing_is_written_over_unasked(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 251 + ".csv")
    save(path, ["one"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        save(path, ["two"])
    assert path.read_text() == "one"
    save(path, ["two"], over=True)
    assert path.read_text() == "two"
    assert list(tmp_path.iterdir()) == [path]


def test_E03_a_link_stays_one_and_what_is_no_file_is_left_alone(tmp_path: Path) -> None:
    path, link, pipe = tmp_path / "there", tmp_path / "link", tmp_path / "pipe"
    path.write_text("one")
    link.symlink_to(path)
    os.mkfifo(pipe)
    save(link, ["two"], over=True)
    assert (link.is_symlink(), path.read_text()) == (True, "two")
    for other in (pipe, tmp_path):
        with pytest.raises(OSError, match="not a file"):
            save(other, ["three"], over=True)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


LIMITED = """
import resource, sys
from pathlib import Path
from crm_tui.export.saving import save
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    save(Path(sys.argv[1]), ("x" * 1000 for _ in range(1000)), over=len(sys.argv) > 2)
except OSError as error:
    sys.exit(f"{error.errno}")
"""


@pytest.mark.parametrize("over", [(), ("over",)])
def test_E04_a_disk_that_takes_no_more_leaves_nothing(tmp_path: Path, over: tuple[str]) -> None:
    path = tmp_path / "export.csv"
    if over:
        path.write_text("what was there")
    done = subprocess.run([sys.executable, "-c", LIMITED, str(path), *over], capture_output=True)
    assert done.returncode == 1
    assert done.stderr.strip() == b"27"  # EFBIG
    assert [each.read_text() for each in tmp_path.iterdir()] == ["what was there"] * len(over)


def test_E04_text_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        save(tmp_path / "export.csv", ["whole", "\ud800"])
    assert list(tmp_path.iterdir()) == []
