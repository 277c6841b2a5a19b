"""Headless commands beside an open board: it sends, the command waits for the outcome, both tell it (D17, G21)."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.headless import cards, stage_of, writes
from tests.cli.sandbox import Served, served
from tests.e2e.board import LAUNCHER, wait_for_board
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.terminal


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("beside")) as running:
        yield running


@pytest.fixture
def environment(environment: dict[str, str], sandbox: Served, tmp_path: Path) -> dict[str, str]:
    """A home with a profile whose password lies in a file."""
    secret = tmp_path / "secret"
    secret.touch(0o600)
    secret.write_text("sandbox")
    account = ["here", "--url", sandbox.url, "--plain-http", "--user", "ana@example.com"]
    add = [str(LAUNCHER), "profile", "add", *account, "--password-file", str(secret)]
    subprocess.run(add, env=environment, check=True, capture_output=True)
    return environment


def do(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Give a command beside the board."""
    command = [str(LAUNCHER), "do", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def test_the_open_board_sends_what_a_command_asks_for_and_shows_it(
    environment: dict[str, str], sandbox: Served
) -> None:
    (card,) = cards(sandbox, 1)
    with Terminal.start([LAUNCHER], environment, cols=160) as terminal:
        wait_for_board(terminal)
        terminal.wait_for("as of")
        before = writes(sandbox)
        done = do(environment, "move", card, "Office tour")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"done       #{card}")
        assert (stage_of(sandbox, card), writes(sandbox)) == ("Office tour", before + 1)
        terminal.wait_for(r"saved [\d:]+ · .* → Office tour")
        refused = do(environment, "undo")
        assert refused.returncode == 1
        assert "can only be done there" in refused.stderr
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert do(environment, "undo").returncode == 0
    assert stage_of(sandbox, card) == "Enquiry"


def test_a_command_hears_when_the_open_board_cannot_send(
    environment: dict[str, str], sandbox: Served
) -> None:
    (card,) = cards(sandbox, 1)
    with Terminal.start([LAUNCHER], environment, cols=160) as terminal:
        wait_for_board(terminal)
        terminal.wait_for("as of")
        before = writes(sandbox)
        sandbox.fault(path="/api/crm/crmopportunities/*", action="drop", times=None)
        try:
            left = do(environment, "move", card, "Office tour")
        finally:
            sandbox.heal()
        assert left.returncode == 1
        assert left.stdout.startswith(f"queued     #{card}")
        assert writes(sandbox) == before
        terminal.press("R")
        terminal.wait_for(r"saved [\d:]+ · .* → Office tour")
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert stage_of(sandbox, card) == "Office tour"


def test_D17_a_terminal_gets_no_control_bytes_either(
    environment: dict[str, str], sandbox: Served
) -> None:
    (card,) = cards(sandbox, 1)
    with Terminal.start([LAUNCHER, "do", "next-stage", card], environment, cols=160) as terminal:
        terminal.wait_for(rf"done +#{card}")
        assert terminal.wait_exit() == 0
        assert re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", terminal.raw) is None
