"""What a terminal has to be told to write in another style: no more than what differs from the one before.

The toolkit opens and resets the style of every run; that is half of what it sends.  It knows no screen.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rich.color import Color, ColorSystem
from rich.style import Style

from crm_tui.structs import Struct

RESET: Final = "\x1b[m"

_ATTRIBUTES: Final = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "21", "51", "52", "53")
"""The codes of a style's attributes, in the order of their bits."""

_ON_TEXT_ONLY: Final = frozenset("123")
"""Bold, faint and italic: nothing of them is seen on blanks."""

_OFF: Final = dict(
    zip("123456789", ("22", "22", "23", "24", "25", "25", "27", "28", "29"), strict=True)
)
"""Code of an attribute → the one that takes it off; 22 takes bold and faint off together."""


class Pen(Struct, frozen=True):
    """A style as a terminal holds it; the codes are those of SGR."""

    attributes: frozenset[str] = frozenset()
    colour: str = "39"
    ground: str = "49"

    def codes(self) -> list[str]:
        """Give the codes that make this pen of a plain one."""
        colours = [each for each in (self.colour, self.ground) if each not in ("39", "49")]
        return [*sorted(self.attributes, key=int), *colours]


PLAIN: Final = Pen()


def marks_blanks(style: Style) -> bool:
    """Say whether more than the ground is seen of blanks in a style."""
    return not _attributes(style) <= _ON_TEXT_ONLY


def for_blanks(held: Pen, wanted: Pen) -> Pen:
    """Give the pen next to the held one with which blanks look as with the wanted one."""
    if held.attributes <= _ON_TEXT_ONLY and wanted.attributes <= _ON_TEXT_ONLY:
        return Pen(held.attributes, held.colour, wanted.ground)
    return wanted


@lru_cache(2048)
def pen_of(style: Style | None, system: ColorSystem) -> Pen:
    """Give the pen of a style, in the colours that the terminal has.  Links are not part of it."""
    if style is None:
        return PLAIN
    return Pen(
        _attributes(style),
        _colour(style.color, system, foreground=True),
        _colour(style.bgcolor, system, foreground=False),
    )


def _attributes(style: Style) -> frozenset[str]:
    bits = style._attributes & style._set_attributes
    return frozenset(code for bit, code in enumerate(_ATTRIBUTES) if bits >> bit & 1)


def _colour(colour: Color | None, system: ColorSystem, *, foreground: bool) -> str:
    if colour is None:
        return "39" if foreground else "49"
    return ";".join(colour.downgrade(system).get_ansi_codes(foreground))


@lru_cache(4096)
def change(held: Pen, wanted: Pen) -> str:
    """Give the shortest sequence that makes the pen that is held the one that is wanted."""
    if held == wanted:
        return ""
    anew = f"\x1b[{';'.join(['0', *wanted.codes()])}m" if wanted != PLAIN else RESET
    dropped = held.attributes - wanted.attributes
    if not dropped <= _OFF.keys():
        return anew
    codes = sorted({_OFF[each] for each in dropped})
    kept = {each for each in held.attributes if _OFF.get(each) not in codes}
    codes += sorted(wanted.attributes - kept, key=int)
    if wanted.colour != held.colour:
        codes.append(wanted.colour)
    if wanted.ground != held.ground:
        codes.append(wanted.ground)
    return min(f"\x1b[{';'.join(codes)}m", anew, key=len)
