"""Raw output is cut and drawn rightly: what a program writes besides text leaves no trace in it."""

from itertools import pairwise
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.e2e.escapes import Kind, Splitter, Token, frames, split
from tests.e2e.keys import key_bytes
from tests.e2e.picture import Picture

PIECES = [
    "plain", "李伟 ✔", "\r\n", "\x1b[1;31m", "\x1b[38:2::1:2:3m", "\x1b[>25u", "\x1b[?2026$p",
    "\x1b]0;title ✔\x07", "\x1b]8;;http://x\x1b\\", "\x1bP$qm\x1b\\", "\x1b_apc\x1b\\", "\x1b(B",
    "\x1b7", "\x1b]broken\x1b[m", "\x05",
]  # fmt: skip


def drawn(text: str) -> list[str]:
    """Draw *text* on a small screen; return its lines that are not empty."""
    picture = Picture(20, 4)
    picture.draw(split(text.encode()))
    return [line for line in picture.lines() if line]


class TestSplitting:
    """Cutting loses nothing and does not depend on where chunks end."""

    @given(st.lists(st.sampled_from(PIECES)), st.lists(st.integers(0, 200)))
    def test_chunks_do_not_matter(self, pieces: list[str], cuts: list[int]) -> None:
        data = "".join(pieces).encode()
        whole = split(data)
        assert b"".join(token.data for token in whole) == data
        splitter, tokens = Splitter(), []
        edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
        for start, end in pairwise(edges):
            tokens += splitter.feed(data[start:end])
        assert _without_text(tokens) == _without_text(whole)
        assert b"".join(token.data for token in tokens) == data

    @pytest.mark.parametrize("piece", PIECES[3:-2])
    def test_a_sequence_is_one_token(self, piece: str) -> None:
        (token,) = split(piece.encode())
        assert token.kind in (Kind.CSI, Kind.STRING, Kind.ESCAPE)

    def test_frames_are_counted_by_their_beginnings(self) -> None:
        assert frames(b"\x1b[?2026ha\x1b[?2026l\x1b[?2026hb\x1b[?2026l") == 2


class TestDrawing:
    """pyte is shown only what it can bear."""

    @pytest.mark.parametrize(
        "noise",
        [
            "\x1b[>25u", "\x1b[<u", "\x1b[?2026$p", "\x1b[=5c", "\x1b]0;title\x07", "\x05\x00\x7f",
            "\x1bP+q544e\x1b\\", "\x1b_x\x1b\\", "\x1b[1;2;3;4;5t", "\x1b[58:2::1:2:3m",
            "\x1b[9J", "\x1b F", "\u200b", "\ufe0f", "\x1b[1;2;3m\x1b[4:3m\x1b[58;5;1m",
        ],
    )  # fmt: skip
    def test_noise_leaves_no_trace(self, noise: str) -> None:
        assert drawn(f"be{noise}fore") == ["before"]

    def test_too_many_parameters_are_cut(self) -> None:
        assert drawn("\x1b[2;3;4;5HX") == ["  X"]

    def test_colours_with_colons_are_read(self) -> None:
        picture = Picture(20, 4)
        picture.draw(split(b"\x1b[38:2::1:2:3;48:5:196mX"))
        assert (picture.cell(0, 0).fg, picture.cell(0, 0).bg) == ("010203", "ff0000")

    def test_wide_characters_take_two_cells(self) -> None:
        assert drawn("李伟|") == ["李伟|"]
        picture = Picture(20, 4)
        picture.draw(split("李伟|".encode()))
        assert picture.cell(0, 4).data == "|"

    @pytest.mark.parametrize("text", ["éx", "कृष्ण पटेल", "น้ำฝน", "שָׁלוֹם"])
    def test_marks_stay_on_their_letters(self, text: str) -> None:
        assert drawn(normalize("NFD", text)) == [normalize("NFC", text)]

    def test_a_mark_on_a_wide_character_stays_there(self) -> None:
        assert drawn("李\u0301x") == ["李\u0301x"]
        assert drawn("\u0301x") == ["x"]

    def test_scrolling_moves_the_lines(self) -> None:
        assert drawn("one\r\ntwo\x1b[1S") == ["two"]
        assert drawn("one\r\ntwo\x1b[3T") == ["one"]

    def test_a_smaller_screen_keeps_its_cursor_inside(self) -> None:
        picture = Picture(20, 4)
        picture.draw(split(b"\x1b[4;20H"))
        picture.resize(10, 2)
        picture.draw(split(b"X"))
        assert picture.cursor[0] == 1


class TestKeys:
    """Keys are what an xterm sends."""

    @pytest.mark.parametrize(
        ("name", "sent"),
        [
            ("j", b"j"), ("G", b"G"), ("é", "é".encode()), ("enter", b"\r"), ("escape", b"\x1b"),
            ("ctrl+c", b"\x03"), ("ctrl+space", b"\x00"), ("alt+x", b"\x1bx"), ("up", b"\x1b[A"),
            ("shift+tab", b"\x1b[Z"), ("ctrl+left", b"\x1b[1;5D"), ("delete", b"\x1b[3~"),
            ("shift+pageup", b"\x1b[5;2~"), ("f1", b"\x1bOP"), ("ctrl+f2", b"\x1b[1;5Q"),
            ("f5", b"\x1b[15~"), ("f12", b"\x1b[24~"), ("alt+enter", b"\x1b\r"), ("+", b"+"),
        ],
    )  # fmt: skip
    def test_bytes(self, name: str, sent: bytes) -> None:
        assert key_bytes(name) == sent

    @pytest.mark.parametrize("name", ["entr", "hyper+x", "ctrl+é", "f13", ""])
    def test_unknown_names_are_refused(self, name: str) -> None:
        with pytest.raises(ValueError, match="no key is called"):
            key_bytes(name)


def _without_text(tokens: list[Token]) -> list[Token]:
    return [token for token in tokens if token.kind is not Kind.TEXT]
