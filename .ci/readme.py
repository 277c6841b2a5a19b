"""Runs the two commands of README.md as a newcomer would: `python .ci/readme.py demo|test|again FOLDER`.

The tracked files are copied into FOLDER, which must not exist, and the command is run there exactly
as it is written. `demo` is played in a terminal: board, queue, one key, quit. `test` runs to its end.
`again` runs the few tests alone that failed in FOLDER beside others, twice; all must pass both times.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.e2e.board import wait_for_board
from tests.e2e.surroundings import throwaway_environment
from tests.e2e.terminal import Terminal

ROOT = Path(__file__).resolve().parent.parent
ENDINGS = {"demo": ".venv/bin/crm-tui demo", "test": ".venv/bin/pytest"}
"""How the line ends that holds the command."""

LEFT_OUT = {".git", ".venv", "__pycache__", "build", "dist", ".hypothesis"}
"""Folders that are no part of the project, for a checkout without git; caches besides."""

_LONGEST_INSTALL = 600.0

_FEW = 4
"""So many tests may fail once beside others on a busy machine; more are no accident."""


def command(which: str) -> str:
    """Return the one line of README.md, fenced or indented, that holds a command."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [line.strip() for line in readme.splitlines()]
    found = [line for line in lines if line.startswith("python") and line.endswith(ENDINGS[which])]
    if len(found) != 1:
        sys.exit(f"README.md has {len(found)} commands ending in {ENDINGS[which]!r}; one is wanted")
    return found[0]


def tracked_files() -> list[Path]:
    """Return the files under version control, or all that look like it where git cannot tell."""
    # A checkout often belongs to another user than the one who tests it.
    argv = ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z"]
    try:
        listed = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        print("This is no git checkout: all files are taken.")
        every = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        return [path for path in every if not _is_left_out(path)]
    return [Path(name) for name in listed.split("\0") if name]


def _is_left_out(path: Path) -> bool:
    return any(part in LEFT_OUT or part.endswith("_cache") for part in path.parts)


def copy_to(folder: Path) -> None:
    """Copy the tracked files into a new folder."""
    folder.mkdir(parents=True)
    for name in tracked_files():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target, follow_symlinks=False)


def play_demo(line: str, folder: Path, environment: dict[str, str]) -> int:
    """Run the command in a terminal, see the board, press a key, see it act, and quit."""
    with Terminal.start(["/bin/sh", "-c", line], environment, cwd=folder) as terminal:
        wait_for_board(terminal, _LONGEST_INSTALL)
        print(f"The board is painted after {time.perf_counter() - terminal.started:.0f} s.")
        terminal.wait_for("Overdue")  # the queue comes up over it
        terminal.wait_quiet()
        before = terminal.cells()
        terminal.press("j")
        terminal.wait_until(lambda: terminal.cells() != before, "an effect of the key j")
        print("\n".join(f"  |{row}" for row in terminal.lines()))
        terminal.press("q")
        status = terminal.wait_exit()
    print(f"It ended with status {status}.")
    for process in terminal.left_behind:
        print(f"Process {process.pid} was left behind.")
    return status or len(terminal.left_behind)


def run_tests(line: str, folder: Path, environment: dict[str, str]) -> int:
    """Run the command to its end; its output goes where ours goes."""
    argv = ["/bin/sh", "-c", line]
    return subprocess.run(argv, cwd=folder, env=environment, stdin=subprocess.DEVNULL).returncode


def run_again(folder: Path, environment: dict[str, str]) -> int:
    """Run what failed alone, and name it: it is unsteady at the best."""
    kept = folder / ".pytest_cache" / "v" / "cache" / "lastfailed"
    failed = sorted(json.loads(kept.read_text(encoding="utf-8"))) if kept.exists() else []
    if not 0 < len(failed) <= _FEW:
        print(f"{len(failed)} tests have failed: none is looked at again.")
        return 1
    for _ in range(2):
        argv = [str(folder / ".venv/bin/pytest"), *failed]
        status = subprocess.run(argv, cwd=folder, env=environment, stdin=subprocess.DEVNULL)
        if status.returncode:
            return status.returncode
    print("\n".join(f"UNSTEADY {name}: failed beside others, passed alone" for name in failed))
    return 0


def main() -> int:
    """Run the command that is asked for."""
    if len(sys.argv) != 3 or sys.argv[1] not in (*ENDINGS, "again"):
        sys.exit(__doc__)
    which, folder = sys.argv[1], Path(sys.argv[2]).resolve()
    if which == "again":
        return run_again(folder / "crm-tui", throwaway_environment(folder / "home"))
    line = command(which)
    copy_to(folder / "crm-tui")
    print(f"In {folder / 'crm-tui'}:\n{line}", flush=True)
    options = {name: os.environ[name] for name in ("PYTEST_ADDOPTS",) if name in os.environ}
    environment = throwaway_environment(folder / "home", settings="", **options)
    run = play_demo if which == "demo" else run_tests
    return run(line, folder / "crm-tui", environment)


if __name__ == "__main__":
    sys.exit(main())
