"""The terminal of the tests keeps its own promises, shown with programs of a few lines."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.surroundings import throwaway_environment
from tests.e2e.terminal import NotSeenError, Terminal

pytestmark = pytest.mark.terminal

ECHO = r"""
import os, signal, sys, termios, tty
before = termios.tcgetattr(0)
tty.setraw(0)
def resized(*_):
    os.write(1, b"\r\nsize %dx%d" % os.get_terminal_size(0))
signal.signal(signal.SIGWINCH, resized)
os.write(1, sys.argv[1].encode() + b"READY")
while (typed := os.read(0, 1024)) != b"q":
    os.write(1, b"\r\ngot " + repr(typed).encode())
os.write(1, sys.argv[2].encode())
termios.tcsetattr(0, termios.TCSADRAIN, before)
sys.exit(7)
"""

STUBBORN = r"""
import signal, subprocess, sys
signal.signal(signal.SIGHUP, signal.SIG_IGN)
sleep = "import time; time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", sleep], start_new_session=sys.argv[1] == "stay")
print("child", child.pid, flush=True)
if sys.argv[1] == "stay":
    child.wait()
"""


def echo(
    environment: dict[str, str],
    first: str = "",
    last: str = "",
    *,
    answers: dict[bytes, bytes] | None = None,
) -> Terminal:
    """Start a program that shows what it is typed, and ends with status 7 at `q`."""
    argv = [sys.executable, "-c", ECHO, first, last]
    terminal = Terminal.start(argv, environment, cols=60, rows=12, answers=answers)
    terminal.wait_for("READY")
    return terminal


def is_running(pid: int) -> bool:
    """Whether there is a process with this number that has not ended."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


class TestTyping:
    """Keys arrive as an xterm would send them, and what they cause is seen."""

    def test_keys_and_exit_status(self, environment: dict[str, str]) -> None:
        with echo(environment) as terminal:
            terminal.press("j")
            terminal.wait_for("got b'j'")
            terminal.press("shift+tab")
            terminal.wait_for(r"got b'\\x1b\[Z'$")
            terminal.press("q")
            assert terminal.wait_exit() == 7
            assert terminal.unrestored() == []

    def test_escape_is_a_key_of_its_own(self, environment: dict[str, str]) -> None:
        with echo(environment) as terminal:
            terminal.press("escape", "j")
            terminal.wait_for(r"got b'\\x1b'\ngot b'j'")

    def test_paste_is_bracketed_only_on_request(self, environment: dict[str, str]) -> None:
        with echo(environment) as terminal:
            terminal.paste("plain")
            terminal.wait_for("got b'plain'")
        with echo(environment, "\x1b[?2004h") as terminal:
            terminal.paste("a\nb")
            terminal.wait_for(r"got b'\\x1b\[200~a\\nb\\x1b\[201~'")

    def test_much_text_is_taken_whole(self, environment: dict[str, str]) -> None:
        counter = (
            "import os, tty; tty.setraw(0); os.write(1, b'READY'); left = 200_000\n"
            "while left: left -= len(os.read(0, 4096))\n"
            "print('all of it', end='')"
        )
        with Terminal.start([sys.executable, "-c", counter], environment) as terminal:
            terminal.wait_for("READY")
            terminal.type_bytes(b"x" * 200_000)
            terminal.wait_for("all of it")

    def test_resize_is_told_by_signal(self, environment: dict[str, str]) -> None:
        with echo(environment) as terminal:
            terminal.resize(99, 31)
            terminal.wait_for("size 99x31")
            assert len(terminal.lines()) == 31


class TestAnswers:
    """Questions are answered as a real terminal answers them, or as a test wants it."""

    def test_synchronized_output_is_known_and_unknown_modes_are_not(
        self, environment: dict[str, str]
    ) -> None:
        with echo(environment, "\x1b[?2026$p\x1b[?2048$p") as terminal:
            terminal.wait_for(r"\?2026;2\$y[\s\S]*\?2048;0\$y")

    def test_cursor_position_is_that_of_the_picture(self, environment: dict[str, str]) -> None:
        with echo(environment, "\x1b[5;9H\x1b[6n") as terminal:
            terminal.wait_for(r"\[5;9R")

    def test_nobody_answers_an_enquiry(self, environment: dict[str, str]) -> None:
        with echo(environment, "\x05\x1b[21t") as terminal:
            terminal.press("j")
            terminal.wait_for("got b'j'")
            assert terminal.text().count("got") == 1

    def test_a_hostile_terminal_types_into_the_program(self, environment: dict[str, str]) -> None:
        answers = {rb"\x05": b"wdq", rb"\x1b\[\?2026\$p": b""}
        with echo(environment, "\x1b[?2026$p\x05", answers=answers) as terminal:
            terminal.wait_for("got b'wdq'")
            assert "2026" not in terminal.text()


class TestWaiting:
    """What does not come is said with the screen; moments are those of the bytes."""

    def test_missing_text_shows_the_screen(self, environment: dict[str, str]) -> None:
        with (
            echo(environment) as terminal,
            pytest.raises(NotSeenError, match=r"not seen in 0\.2 s: nowhere\n  \|READY"),
        ):
            terminal.wait_for("nowhere", timeout=0.2)

    def test_an_end_is_noticed_while_waiting(self, environment: dict[str, str]) -> None:
        with Terminal.start([sys.executable, "-c", "print('bye')"], environment) as terminal:
            with pytest.raises(NotSeenError, match="the program ended before: nowhere"):
                terminal.wait_for("nowhere")
            assert terminal.wait_exit() == 0
            assert terminal.text().strip() == "bye"

    def test_quiet_is_never_reached_by_a_babbler(self, environment: dict[str, str]) -> None:
        babble = "while True: print('.', end='', flush=True)"
        with (
            Terminal.start([sys.executable, "-c", babble], environment) as terminal,
            pytest.raises(NotSeenError, match="never quiet"),
        ):
            terminal.wait_quiet(50, timeout=0.3)

    def test_first_seen_is_the_moment_of_the_bytes(self, environment: dict[str, str]) -> None:
        slow = "import time; print('one'); time.sleep(0.3); print('two', flush=True)"
        with Terminal.start([sys.executable, "-u", "-c", slow], environment) as terminal:
            one = terminal.first_seen(lambda rows: "one" in rows, "one")
            two = terminal.first_seen(lambda rows: "two" in rows, "two")
        assert terminal.started < one
        assert 0.25 < two - one < 5
        assert two in [chunk.time for chunk in terminal.chunks]


class TestEnd:
    """Nothing that a test has started outlives it."""

    def test_a_signal_is_a_negative_status(self, environment: dict[str, str]) -> None:
        with echo(environment) as terminal:
            terminal.kill(signal.SIGTERM)
            assert terminal.wait_exit() == -signal.SIGTERM
            assert terminal.unrestored() == ["no echo", "no line editing"]

    def test_hanging_up_ends_the_program(self, environment: dict[str, str]) -> None:
        with echo(environment) as terminal:
            terminal.hang_up()
            assert terminal.wait_exit() == -signal.SIGHUP

    def test_a_signal_can_be_ignored_from_the_start(self, environment: dict[str, str]) -> None:
        def ignore() -> None:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

        show = "import signal; print(repr(signal.getsignal(signal.SIGHUP)))"
        argv = [sys.executable, "-c", show]
        with Terminal.start(argv, environment, before=ignore) as terminal:
            terminal.wait_for("SIG_IGN")

    @pytest.mark.skipif(not Path("/proc").is_dir(), reason="relatives are found in /proc")
    @pytest.mark.parametrize("how", ["stay", "go"])
    def test_relatives_are_ended_and_named(self, environment: dict[str, str], how: str) -> None:
        argv = [sys.executable, "-c", STUBBORN, how]
        with Terminal.start(argv, environment) as terminal:
            child = int(terminal.wait_for(r"child (\d+)")[1])
            if how == "stay":
                assert [process.pid for process in terminal.family()] == [child]
            assert is_running(child)
        assert [process.pid for process in terminal.left_behind] == [child]
        assert not is_running(child)
        assert not is_running(terminal.pid)

    def test_closing_twice_is_allowed(self, environment: dict[str, str]) -> None:
        terminal = echo(environment)
        terminal.close()
        terminal.close()
        assert not is_running(terminal.pid)

    def test_the_alternate_screen_gives_the_main_one_back(
        self, environment: dict[str, str]
    ) -> None:
        shell = 'printf \'shell line\\r\\n\'; exec "$0" -c "$1" "$2" "$3"'
        enter, leave = "\x1b[?1049h\x1b[?25l\x1b[H", "\x1b[?1049l\x1b[?25h"
        argv = ["/bin/sh", "-c", shell, sys.executable, ECHO, enter, leave]
        with Terminal.start(argv, environment) as terminal:
            terminal.wait_for("^READY")
            assert "shell line" not in terminal.text()
            assert terminal.unrestored()[:2] == ["1049", "cursor hidden"]
            terminal.press("q")
            assert terminal.wait_exit() == 7
            assert terminal.text().strip() == "shell line"
            assert terminal.unrestored() == []


class TestSurroundings:
    """A program under test sees nothing of the person who runs the tests."""

    def test_only_the_throwaway_home_is_visible(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("CRM_TUI_SECRET", "canary")
        environment = throwaway_environment(tmp_path / "home", LANG="C")
        assert environment["LANG"] == "C"
        assert environment["PATH"] == os.environ["PATH"]
        assert not {"NO_COLOR", "CRM_TUI_SECRET"} & set(environment)
        folders = [environment["HOME"], *(v for k, v in environment.items() if k[:3] == "XDG")]
        assert all(Path(folder).is_relative_to(tmp_path) for folder in folders)
        assert Path(environment["XDG_RUNTIME_DIR"]).stat().st_mode & 0o777 == 0o700

    def test_a_wait_does_not_outlast_its_program(self, environment: dict[str, str]) -> None:
        with echo(environment) as terminal:
            before = time.monotonic()
            terminal.press("q")
            terminal.wait_exit()
            assert time.monotonic() - before < 5
