"""Profiles to write, made up or generated."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from hypothesis import strategies as st

from crm_tui.config.profile import Command, File, Limits, PasswordSource, Profile, Prompt

ANA: Final = Profile(name="riverside", url="https://spaces.nexudus.com/api", user="ana@example.com")
MINA: Final = Profile(
    name="norte",
    url="https://spaces.nexudus.com/api",
    user="mina@example.com",
    password=Command(("pass", "show", "nexudus")),
    read_only=True,
)

NAMES: Final = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True)
_VISIBLE: Final = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_characters="\x7f\xad"),
    min_size=1,
    max_size=20,
).filter(lambda text: not any(0x7F <= ord(character) < 0xA0 for character in text))
_ARGUMENTS: Final = st.lists(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
    max_size=3,
)
_SOURCES: Final[st.SearchStrategy[PasswordSource]] = st.one_of(
    st.just(Prompt()),
    _ARGUMENTS.map(lambda more: Command(("pass", *more))),
    _VISIBLE.map(lambda name: File(f"/{name}")),
)
_COUNTS: Final = st.none() | st.integers(1, 10_000_000)


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    """Generate profiles that use every key."""
    return Profile(
        name=draw(NAMES),
        url=draw(st.sampled_from(["https://spaces.nexudus.com/api", "http://127.0.0.1:8800/api"])),
        user=draw(_VISIBLE.map(lambda text: text.replace(":", "·"))),
        sign_in=draw(st.sampled_from(["basic", "token"])),
        client_id=str(draw(st.uuids(version=4).map(lambda guid: UUID(bytes=guid.bytes)))),
        password=draw(_SOURCES),
        plain_http=draw(st.booleans()),
        read_only=draw(st.booleans()),
        production=draw(st.booleans()),
        location=draw(_COUNTS | _VISIBLE.filter(str.strip)),
        limits=Limits(
            requests_per_second=draw(st.none() | st.floats(0.01, 1000)),
            per_minute=draw(_COUNTS),
            writes_per_minute=draw(_COUNTS),
            writes_per_day=draw(_COUNTS),
        ),
        run_command=draw(st.sampled_from(["post", "get"])),
        dates=draw(st.sampled_from(["utc", "wallclock"])),
        ca_file=draw(st.none() | _VISIBLE.map(lambda name: f"~/{name}")),
    )
