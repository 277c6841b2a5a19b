"""Changes to profiles.toml: whole or not at all, and the user's own words stay (rows A12, K02, K03, K11)."""

from __future__ import annotations

import errno
import multiprocessing
import os
import resource
import stat
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.config.editing import add, remove, set_default
from crm_tui.config.errors import BadProfiles, NoSuchProfile, NotSaved
from crm_tui.config.profile import Command, Profile
from crm_tui.config.profiles import Profiles
from crm_tui.config.statements import LONGEST, Places, statements
from crm_tui.paths import good_profiles_file, profiles_file
from tests.config.examples import ANA, MINA, NAMES, profiles

BY_HAND = """\
# Everything about our accounts.

default = "b" # for now

# The first.
[profiles.a] # with care
url = "https://spaces.nexudus.com/api"
# Ana looks after it.
user = "ana@example.com"

# The second,
# which is new.
[profiles.b]
user = "mina@example.com"
url = \"\"\"https://spaces.nexudus.com/\\
  api\"\"\"
password_command = [
  "pass",  # the keeper
  "show",
]
[profiles.b.limits]
per_minute = 60

# The third.
[profiles.c]
url = "https://spaces.nexudus.com/api"
user = "tom@example.com"
# The end.
"""


@settings(max_examples=25)  # each waits for the disk
@given(profile=profiles())
def test_a_profile_that_was_added_is_loaded_as_it_was(profile: Profile) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deep" / "profiles.toml"
        add(MINA, path=path)
        if profile.name == MINA.name:
            return
        assert add(profile, path=path).by_name == {"norte": MINA, profile.name: profile}
        assert Profiles.load(path).get(profile.name) == profile


@settings(max_examples=15)
@given(
    many=st.lists(profiles(), min_size=1, max_size=5, unique_by=lambda profile: profile.name),
    data=st.data(),
)
def test_comments_and_order_survive_additions_and_removals(
    many: list[Profile], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profiles.toml"
        for number, profile in enumerate(many):
            add(profile, path=path)
            with path.open("a", encoding="utf-8") as file:
                file.write(f"# remark {number}: [x] = \"'\n")
        gone = data.draw(st.sampled_from(many))
        left = remove(gone.name, path=path)
        assert list(left.by_name.values()) == [profile for profile in many if profile != gone]
        remarks = [line for line in path.read_text().split("\n") if line.startswith("# remark")]
        assert remarks == [f"# remark {number}: [x] = \"'" for number in range(len(many))]


def test_only_what_is_meant_is_changed_in_a_file_written_by_hand(path: Path) -> None:
    path.write_text(BY_HAND)
    add(ANA)
    assert path.read_text().startswith(BY_HAND)
    remove("riverside")
    assert path.read_text().rstrip("\n") == BY_HAND.rstrip("\n")
    set_default("a")
    assert path.read_text().rstrip("\n") == BY_HAND.rstrip("\n").replace('"b" #', '"a" #')
    set_default("b")
    remove("b")
    begin, end = BY_HAND.index("[profiles.b]"), BY_HAND.index("\n# The third.")
    expected = (BY_HAND[:begin] + BY_HAND[end:]).replace('default = "b" # for now\n', "")
    assert path.read_text().rstrip("\n") == expected.rstrip("\n")


def test_the_first_profile_becomes_the_default_and_a_default_that_goes_leaves_none() -> None:
    assert add(ANA).default == "riverside"
    assert add(MINA).default == "riverside"
    assert set_default("norte").default == "norte"
    assert remove("norte").default is None
    assert remove("riverside").by_name == {}
    assert add(MINA).default == "norte"
    assert add(ANA, make_default=True).default == "riverside"


def test_what_cannot_be_changed_safely_is_left_to_a_hand(path: Path) -> None:
    text = 'profiles = { a = { url = "https://x.example/api", user = "a" } }\n'
    path.write_text(text)
    assert Profiles.load().get("a").user == "a"
    with pytest.raises(NotSaved, match="edit it by hand"):
        add(ANA)
    assert path.read_text() == text


def test_profiles_in_dotted_keys_can_be_changed(path: Path) -> None:
    path.write_text('profiles.a.url = "https://x.example/api"\n# own\nprofiles.a.user = "a"\n')
    assert list(add(ANA).by_name) == ["a", "riverside"]
    assert remove("a").by_name == {"riverside": ANA}


def test_two_profiles_in_one_statement_are_left_to_a_hand(path: Path) -> None:
    account = '{ url = "https://x.example/api", user = "a" }'
    text = f"profiles = {{ a = {account}, b = {account} }}\n"
    path.write_text(text)
    with pytest.raises(NotSaved, match="edit it by hand"):
        remove("a")
    assert path.read_text() == text


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_file_with_the_other_line_ends_can_be_changed(path: Path, newline: str) -> None:
    path.write_bytes(BY_HAND.replace("\n", newline).encode())
    add(ANA)
    remove("b")
    assert list(Profiles.load().by_name) == ["a", "c", "riverside"]
    assert "# The third." in path.read_text()


def test_a_name_that_is_taken_or_unknown_changes_nothing(path: Path) -> None:
    add(ANA)
    before = path.read_bytes()
    with pytest.raises(NotSaved, match="already a profile `riverside`"):
        add(ANA)
    with pytest.raises(NoSuchProfile, match="Did you mean `riverside`"):
        remove("rivrside")
    with pytest.raises(NoSuchProfile):
        set_default("x")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (Profile(name="a b", url=ANA.url, user="a"), "no name for a profile"),
        (Profile(name="--x", url=ANA.url, user="a"), "no name for a profile"),
        (Profile(name="a", url="https://u:hunter2@x/api", user="a"), "holds a user or a password"),
        (Profile(name="a", url=ANA.url, user=""), "`user` must be"),
        (Profile(name="a", url=ANA.url, user="a", sign_in="token"), "client_id"),
        (Profile(name="a", url=ANA.url, user="a", password=Command(("./x",))), "whole path"),
    ],
)
def test_a_profile_that_would_break_the_file_is_not_added(
    path: Path, profile: Profile, words: str
) -> None:
    with pytest.raises(BadProfiles, match=words) as caught:
        add(profile)
    assert "hunter2" not in str(caught.value)
    assert not path.exists()


def test_K04_a_broken_file_is_never_written_over(path: Path) -> None:
    for text in ("[profiles", "[profiles.a]\nurl = 3\n"):
        path.write_text(text)
        with pytest.raises(BadProfiles):
            add(ANA)
        with pytest.raises(BadProfiles):
            remove("a")
        with pytest.raises(BadProfiles):
            set_default("a")
        assert path.read_text() == text


@pytest.mark.parametrize("limit", [0, 1, 100, 200])
def test_K03_a_short_write_leaves_the_old_file_whole(path: Path, limit: int) -> None:
    add(ANA)
    before = path.read_bytes()
    assert len(before) > 100
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with pytest.raises(NotSaved, match="file too large"):
            add(MINA)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    assert sorted(each.name for each in path.parent.iterdir()) == [
        ".profiles.toml.lock",
        "profiles.toml",
    ]
    assert add(MINA).get("norte") == MINA


def test_K03_a_failing_disk_leaves_the_old_file_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(ANA)
    before = path.read_bytes()

    def fails(handle: int) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", fails)
        with pytest.raises(NotSaved, match="no space left"):
            add(MINA)
    assert path.read_bytes() == before
    assert add(MINA).get("norte") == MINA


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let somebody else do these things, one each time that a new file is about to be put in place."""
    real = os.fsync

    def let(*things: Callable[[], object]) -> None:
        rest = iter(things)

        def fsync(handle: int) -> None:
            real(handle)
            next(rest, lambda: None)()

        monkeypatch.setattr("os.fsync", fsync)

    return let


def test_K11_what_is_edited_by_hand_meanwhile_is_kept(
    path: Path, meanwhile: Callable[..., None]
) -> None:
    add(ANA)

    def edited(words: str) -> None:
        path.write_text(path.read_text() + words)

    meanwhile(lambda: edited("# by hand, in between\n"), lambda: edited("# and once more\n"))
    assert add(MINA).get("norte") == MINA
    text = path.read_text()
    assert "# by hand, in between\n# and once more\n" in text
    assert list(tomllib.loads(text)["profiles"]) == ["riverside", "norte"]


@pytest.fixture(params=["links", "no-links"])
def _file_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a file system with links, and one without."""

    def refused(*_arguments: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    if request.param == "no-links":
        monkeypatch.setattr("os.link", refused)


@pytest.mark.usefixtures("_file_system")
def test_K11_a_file_that_somebody_made_meanwhile_is_kept(
    path: Path, meanwhile: Callable[..., None]
) -> None:
    meanwhile(lambda: path.write_text(BY_HAND))
    assert list(add(MINA).by_name) == ["a", "b", "c", "norte"]
    assert path.read_text().startswith(BY_HAND)


@pytest.mark.usefixtures("_file_system")
def test_a_first_profile_leaves_nothing_else_behind(path: Path) -> None:
    assert add(ANA).get("riverside") == ANA
    assert sorted(each.name for each in path.parent.iterdir()) == [f".{path.name}.lock", path.name]


def test_K11_profiles_that_were_loaded_before_are_read_again_before_a_change(path: Path) -> None:
    add(ANA)
    Profiles.load()
    path.write_text(BY_HAND)
    assert list(add(MINA).by_name) == ["a", "b", "c", "norte"]
    assert path.read_text().startswith(BY_HAND)


def _add_many(first: int, barrier: object) -> None:
    barrier.wait()  # type: ignore[attr-defined]
    for number in range(first, first + 10):
        add(Profile(name=f"p{number}", url=ANA.url, user="a"))


def test_two_processes_that_add_at_once_lose_nothing(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    both = [context.Process(target=_add_many, args=(first, barrier)) for first in (0, 10)]
    for process in both:
        process.start()
    for process in both:
        process.join()
        assert process.exitcode == 0
    assert set(Profiles.load().by_name) == {f"p{number}" for number in range(20)}


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_A12_what_is_made_is_private_whatever_the_umask(home: Path, umask: int) -> None:
    old = os.umask(umask)
    try:
        add(ANA)
        Profiles.load()
    finally:
        os.umask(old)
    assert profiles_file().is_file()
    assert good_profiles_file().is_file()
    for place in home.rglob("*"):
        mode = stat.S_IMODE(place.stat().st_mode)
        assert mode == (0o700 if place.is_dir() else 0o600), place


def test_A12_the_modes_are_given_in_the_calls_that_make(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_arguments: object, **_more: object) -> None:
        raise AssertionError

    for name in ("chmod", "fchmod", "lchmod"):
        monkeypatch.setattr(os, name, refused, raising=False)
    add(ANA)
    remove("riverside")


def test_a_symbolic_link_stays_one_and_the_file_behind_it_is_changed(
    path: Path, tmp_path: Path
) -> None:
    real = tmp_path / "dotfiles" / "nexudus.toml"
    real.parent.mkdir(mode=0o700)
    real.write_text(BY_HAND)
    path.symlink_to(real)
    add(ANA)
    assert path.is_symlink()
    assert real.read_text().startswith(BY_HAND)
    assert list(Profiles.load().by_name) == ["a", "b", "c", "riverside"]


def test_K02_where_nothing_can_be_written_it_is_said(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    (home / "taken").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "taken"))
    with pytest.raises(NotSaved, match="was not changed: not a directory"):
        add(ANA)
    monkeypatch.setenv("XDG_CONFIG_HOME", "/proc/nowhere")
    with pytest.raises(NotSaved, match="was not changed"):
        add(ANA)
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.delenv("HOME")
    assert Profiles.load(home / "profiles.toml").by_name == {}


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_K02_in_a_foreign_home_nothing_is_written(home: Path) -> None:
    before = sorted(home.rglob("*"))
    os.seteuid(65534)
    try:
        with pytest.raises(NotSaved, match="permission denied"):
            add(ANA)
    finally:
        os.seteuid(0)
    assert sorted(home.rglob("*")) == before


@given(name=NAMES, number=st.integers(0, 3))
def test_a_line_is_found_wherever_the_key_is(name: str, number: int) -> None:
    text = "#\n" * number + f'[profiles."{name}"]\nuser = """\n[profiles.x]\n"""\nlast = [\n1,\n]\n'
    line_of = Places(text).line_of
    assert line_of(("profiles", name)) == number + 1
    assert line_of(("profiles", name, "user")) == number + 2
    assert line_of(("profiles", name, "last")) == number + 5
    assert line_of(("profiles", name, "missing")) == number + 1
    assert line_of(("nothing",)) == 1
    assert [found.last + 1 - number for found in statements(text)] == [1, 4, 7]


def test_a_statement_of_many_lines_does_not_take_for_ever(path: Path) -> None:
    add(ANA)
    text = path.read_text() + "password_command = [\n" + '"a",\n' * LONGEST + "]\n"
    path.write_text(text)
    with pytest.raises(NotSaved, match="edit it by hand"):
        remove("riverside")
    assert path.read_text() == text
