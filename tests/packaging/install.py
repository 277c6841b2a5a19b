"""Virtual environments and what pip puts into them, for the tests of the distribution."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONSTRAINTS = ROOT / ".ci" / "constraints.txt"

_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended."""

    status: int
    output: str
    """Both of its streams, as a person would have seen them."""


def run(*argv: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> Ended:
    """Run a command to its end."""
    result = subprocess.run(
        argv,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_LONGEST,
    )
    return Ended(result.returncode, result.stdout)


def pip_environment() -> dict[str, str]:
    """Return this process's environment, with the pins that the project was tried with."""
    return {"PIP_CONSTRAINT": str(CONSTRAINTS), "PIP_DISABLE_PIP_VERSION_CHECK": "1"} | os.environ


def index_answers(folder: Path) -> bool:
    """Whether pip reaches a package index: it is asked for the smallest thing a build needs."""
    argv = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--retries", "1"]
    return run(*argv, "--dest", folder, "hatchling", env=pip_environment()).status == 0


def fresh_environment(folder: Path, *requirements: str | Path) -> Path:
    """Make a virtual environment with *requirements* in it; return the folder of its commands."""
    made = run(sys.executable, "-m", "venv", folder)
    assert made.status == 0, made.output
    installed = run(
        folder / "bin" / "python", "-m", "pip", "install", *requirements, env=pip_environment()
    )
    assert installed.status == 0, installed.output
    return folder / "bin"
