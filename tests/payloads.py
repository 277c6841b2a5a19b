"""Texts that a hostile web lead could leave in a record, each short enough to be shown whole on a card."""

from __future__ import annotations

from typing import Final

CONTROL: Final = (
    "\x1b[2J",  # clear the screen
    "\x1b[H",
    "\x1b[31m",
    "\x1b[6n",  # cursor position: the answer would arrive as keys
    "\x1b[5n",
    "\x1b[c",  # device attributes
    "\x1b[>c",
    "\x1b[=c",
    "\x1b[?6n",
    "\x1b[21t",  # report the title
    "\x1b[18t",
    "\x1b[?1049l",  # leave the alternate screen
    "\x1b[?2004l",
    "\x1b[?25l",
    "\x1b[?1000h",
    "\x1b[?2026$p",
    "\x1b[>q",
    "\x1b[4i",  # printer
    "\x1b[5i",
    "\x1b]0;t\x07",  # title
    "\x1b]2;t\x1b\\",
    "\x1b]8;;http://x\x07",  # link
    "\x1b]9;n\x07",  # notification
    "\x1b]777;notify;a;b\x07",
    "\x1b]11;?\x07",  # background colour
    "\x1b]52;c;cHduZWQ=\x07",  # clipboard
    "\x1b]52;c;cHduZWQ=\x1b\\",
    "\x1bPq\x1b\\",  # DCS
    "\x1bP$qm\x1b\\",
    "\x1b_Gi=1\x1b\\",  # APC
    "\x1b^p\x1b\\",
    "\x1bc",  # full reset
    "\x1b7",
    "\x1b8",
    "\x1b#8",
    "\x1bZ",
    "\x1b(0",
    "\x1bN",
    "\x05",  # ENQ: answered with the answerback text
    "\x07",
    "\x08\x08\x08",
    "\x0b",
    "\x0c",
    "\x0e",
    "\x0f",
    "\x00",
    "\x11",
    "\x13",
    "\x18",
    "\x1a",
    "\x7f",
    "a\rb",
    "a\nb",
    "a\r\nb",
    "a\tb",
    "\x1b",
    "\x84",  # C1 as single code points
    "\x85",
    "\x8d",
    "\x90q\x9c",
    "\x9b6n",
    "\x9b2J",
    "\x9d0;t\x9c",
    "\x9c",
    "\x9e\x9f",
)
"""Controls, C0 and C1, and sequences made of them (rows D01, D04, D05, D06)."""

HIDDEN: Final = (
    "a\u202eb",
    "a\u2066b\u2069",
    "\u200b",
    "\u00ad",
    "\ufeff",
    "\u2028",
    "\u2029",
    "\U000e0041",
    "e" + "\u0301" * 30,
)
"""What reorders, hides, breaks lines or piles up (rows D10, D11, D12)."""

MARKUP: Final = (
    "[/]",
    "[/b]",
    "[TODO]",
    "[b]x",
    "[@click=app.quit]x[/]",
    "[link=http://x]x",
    "[type=x, v={'a[0]'}]",
    "[$primary]x",
    "\\[x]",
    "[red]x[/red]",
    "{0}%s$(x)`x`",
)
"""What a toolkit could take for an order (row D08)."""

ALL: Final = CONTROL + HIDDEN + MARKUP

WIDTHS: Final = (
    "plain", "Zoë Ångström", "Ångstro\u0308m", "e\u0301e\u0301e\u0301", "ﬁne ﬂow", "Straße", "İıŞş", "Đặng Thị",
    "王伟", "小林 陽子", "이서연", "ﾊﾝｶｸ", "Ｗｉｄｅ", "中a中a中", "「角」", "㈱ 東京", "Олена", "Αθηνά", "Հայկ",
    "გიორგი",
    "עברית", "שָׁלוֹם", "عمر خوري", "مُحَمَّد", "فارسی\u200cها", "आरव जोशी", "क्षत्रिय", "தமிழ்", "বাংলা", "ਪੰਜਾਬੀ",
    "น้ำฝน ศรีสุข", "ລາວ", "မြန်မာ", "ខ្មែរ", "😀 smile", "👩\u200d💻 dev", "🇩🇪 flag", "❤\ufe0f heart", "1\ufe0f\u20e3 key",
    "½ ± × ™ …",
)  # fmt: skip
"""Forty names in which terminals and libraries count cells differently (row D13)."""
