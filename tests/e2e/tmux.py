"""A real tmux between the terminal of the tests and the program, on a socket of its own.

The client runs in the tests' terminal, so that everything is waited for as without tmux; the server ends with the
block, by its socket and no other.
"""

import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

_SETTINGS = """\
set -g status off
set -sg escape-time 10
set -g default-terminal tmux-256color
set -g set-clipboard on
"""


class Tmux:
    """A tmux server with one window, and the terminal that is attached to it."""

    def __init__(self, terminal: Terminal, socket: Path, status: Path, env: Mapping[str, str]):
        self.terminal = terminal
        self._socket, self._status, self._env = socket, status, env

    def ask(self, *words: str) -> str:
        """Run a command of tmux, and return what it prints."""
        argv = ["tmux", "-S", str(self._socket), *words]
        done = subprocess.run(argv, env=self._env, capture_output=True, text=True, timeout=20)
        return done.stdout

    def pane(self) -> list[str]:
        """The rows of the window as tmux has them."""
        return self.ask("capture-pane", "-p").splitlines()

    def wait_for(self, text: str) -> None:
        """Wait until tmux has some text in its window, looking whenever it draws."""
        self.terminal.wait_until(lambda: any(text in row for row in self.pane()), text)

    def exit_status(self) -> int:
        """How the program ended; to be asked once the client has."""
        return int(self._status.read_text())


@contextmanager
def in_tmux(
    argv: Sequence[str | Path], environment: Mapping[str, str], folder: Path, cols: int, rows: int
) -> Iterator[Tmux]:
    """Run a program in tmux; *folder* takes the socket, whose path must be short, and the status."""
    socket, status, settings = folder / "tmux", folder / "status", folder / "tmux.conf"
    settings.write_text(_SETTINGS)
    command = f"{shlex.join(map(str, argv))}; echo $? >{shlex.quote(str(status))}"
    client: list[str | Path] = ["tmux", "-u", "-S", socket, "-f", settings, "new-session", command]
    with Terminal.start(client, environment, cols, rows) as terminal:
        tmux = Tmux(terminal, socket, status, environment)
        try:
            yield tmux
        finally:
            tmux.ask("kill-server")
