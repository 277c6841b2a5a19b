"""The fixtures of the sandbox's tests: the real server over HTTP on a Unix socket, in the test's loop."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from shutil import copyfile

import pytest

from crm_tui.sandbox.app import close_app, create_app
from crm_tui.sandbox.serve import serving
from tests.sandbox.driving import SIZE, Sandbox, SetClock, connected


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def listening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[socket.socket]:
    """A Unix socket that is bound and listening; its path is short, as the system wants it."""
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(tmp_path_factory.mktemp("s") / "s"))
        listener.listen(16)
        yield listener


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that was just filled; every test gets a copy."""
    path = tmp_path_factory.mktemp("filled") / "sandbox.db"
    close_app(create_app(path, clock=SetClock(), size=SIZE, seed=7))
    return path


@pytest.fixture
async def sandbox(
    tmp_path: Path, filled: Path, listening: socket.socket, clock: SetClock
) -> AsyncIterator[Sandbox]:
    """A running sandbox with 120 opportunities."""
    database = Path(copyfile(filled, tmp_path / "sandbox.db"))
    path = Path(listening.getsockname())
    app = create_app(database, clock=clock)
    async with serving(app, listening), connected(path) as client:
        yield Sandbox(client, database, path, clock)
