"""Reading profiles.toml: what is right is taken as it is, what is wrong is named with its line (rows A10, C07, K04)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crm_tui.config.errors import BadProfiles, NoSuchProfile
from crm_tui.config.profile import Command, File, Limits, Profile, Prompt
from crm_tui.config.profiles import Profiles
from crm_tui.config.reading import MAX_SIZE
from crm_tui.config.schema import LimitsTable, ProfileTable
from crm_tui.paths import good_profiles_file, profiles_file
from crm_tui.structs import fields

WHOLE = """\
# Mine
default = "riverside"

[profiles.riverside]
url = "https://spaces.nexudus.com/api"
user = "ana@example.com"

[profiles.all]
url = "http://127.0.0.1:8800/api"
user = "mina@example.com"
sign_in = "token"
client_id = "6f0e7b9c-2f57-4a39-9d43-0f3a3a8f0d11"
password_command = ["pass", "show", "nexudus"]
plain_http = true
read_only = true
production = true
location = 1414820310
run_command = "get"
dates = "wallclock"
ca_file = "~/company.pem"
limits = { requests_per_second = 2.5, per_minute = 60 }
"""
"""Every key of a profile but `password_file`, which goes with no command."""

GOOD = """\
[profiles.a]
url = "https://spaces.nexudus.com/api"
user = "ana@example.com"
"""


def refusal(path: Path, text: str | bytes) -> str:
    """Write a broken file, see that it is refused and left alone; give the words."""
    raw = text.encode() if isinstance(text, str) else text
    path.write_bytes(raw)
    with pytest.raises(BadProfiles) as caught:
        Profiles.load()
    assert path.read_bytes() == raw
    assert f"{path}" in str(caught.value)
    return str(caught.value)


def test_every_key_is_read(path: Path) -> None:
    path.write_text(WHOLE)
    found = Profiles.load()
    assert (found.path, found.default, list(found.by_name)) == (
        path,
        "riverside",
        ["riverside", "all"],
    )
    assert found.by_name["riverside"] == Profile(
        name="riverside", url="https://spaces.nexudus.com/api", user="ana@example.com"
    )
    assert found.by_name["all"] == Profile(
        name="all",
        url="http://127.0.0.1:8800/api",
        user="mina@example.com",
        sign_in="token",
        client_id="6f0e7b9c-2f57-4a39-9d43-0f3a3a8f0d11",
        password=Command(("pass", "show", "nexudus")),
        plain_http=True,
        read_only=True,
        production=True,
        location=1414820310,
        limits=Limits(requests_per_second=2.5, per_minute=60),
        run_command="get",
        dates="wallclock",
        ca_file="~/company.pem",
    )


def test_without_a_file_there_are_no_profiles_and_none_is_made() -> None:
    assert not Profiles.load().by_name
    assert not profiles_file().parent.exists()


def test_a_password_comes_from_a_file_or_is_asked_for(path: Path) -> None:
    path.write_text(GOOD + 'password_file = "~/nexudus"\n')
    assert Profiles.load().get("a").password == File("~/nexudus")
    path.write_text(GOOD)
    assert Profiles.load().get("a").password == Prompt()


def test_the_schema_knows_the_keys_of_a_profile_and_no_others() -> None:
    ours = {field.name for field in fields(Profile)} - {"name", "password"}
    assert set(ProfileTable.model_fields) == ours | {"password_command", "password_file"}
    assert set(LimitsTable.model_fields) == {field.name for field in fields(Limits)}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (GOOD + "read_olny = true\n", 4, "`read_olny` is not known. Did you mean `read_only`?"),
        (GOOD + 'read_only = "yes"\n', 4, "`read_only` must be true or false."),
        (GOOD + "\n\nread_only = 1\n", 6, "`read_only` must be true or false."),
        (GOOD + 'sign_in = "oauth"\n', 4, '`sign_in` must be "basic" or "token".'),
        (GOOD + 'sign_in = "token"\n', 1, 'needs a `client_id` of its own: client_id = "'),
        (GOOD + 'client_id = "x"\n', 4, "`client_id` must be a GUID"),
        (GOOD + 'password = "hunter2"\n', 4, "`password` is not kept here."),
        (GOOD + 'password_command = "hunter2"\n', 4, "`password_command` must be a program and"),
        (GOOD + "password_command = []\n", 4, "`password_command` must be a program and"),
        (GOOD + 'password_command = ["./hunter2"]\n', 4, "`password_command` must be a program"),
        (GOOD + 'password_command = ["a\\u0000"]\n', 4, "`password_command` must be a program"),
        (GOOD + 'password_file = "hunter2"\n', 4, "`password_file` must be the whole path"),
        (
            GOOD + 'password_file = "/x"\npassword_command = ["x"]\n',
            1,
            "give `password_command` or `password_file`, not both.",
        ),
        (GOOD + "location = 0\n", 4, "`location` must be the id of a location"),
        (GOOD + "location = true\n", 4, "`location` must be the id of a location"),
        (GOOD + 'location = " "\n', 4, 'or its name, such as "Riverside"'),
        (GOOD + "location = [1001]\n", 4, "`location` must be the id of a location"),
        (GOOD + "limits = { per_minut = 1 }\n", 4, "Did you mean `per_minute`?"),
        (GOOD + "[profiles.a.limits]\n\nper_minute = 0\n", 6, "`per_minute` must be a whole"),
        (GOOD + "limits.requests_per_second = inf\n", 4, "`requests_per_second` must be a number"),
        (GOOD + "limits = 3\n", 4, "`limits` must be a table of limits"),
        (GOOD.replace("user", "usr"), 3, "`usr` is not known. Did you mean `user`?"),
        (GOOD.replace("user", "usr"), 1, "`user` is missing: the e-mail of the user."),
        (
            GOOD.replace("profiles", "profile"),
            1,
            "`profile` is not known. Did you mean `profiles`?",
        ),
        (GOOD.replace("profiles.a", "riverside"), 1, "a profile is written [profiles.riverside]."),
        (GOOD.replace("profiles.a", 'profiles."a b"'), 1, "`a b` is no name for a profile"),
        (GOOD.replace("profiles.a", 'profiles."a\\u001b[2J"'), 1, "`a␛[2J` is no name"),
        (GOOD + '[profiles.b]\n"x\\u001b[6n" = 1\n', 5, "`x␛[6n` is not known."),
        ("profiles.a = 3\n", 1, "`a` is a table of its own, such as [profiles.a]."),
        ('default = "b"\n' + GOOD.replace(".a", ".bb"), 1, "Did you mean `bb`?"),
        ("default = 3\n" + GOOD, 1, "`default` must be the name of a profile."),
        (GOOD.replace("https://", "ftp://"), 2, "`url` must be the address of the service"),
        (GOOD.replace("ana@example.com", "ana:b"), 3, "`user` must be the e-mail"),
        (GOOD.replace("ana@example.com", "ana\\u202e"), 3, "`user` must be the e-mail"),
    ],
)
def test_K04_what_is_wrong_is_named_with_its_line_and_what_is_right(
    path: Path, text: str, line: int, words: str
) -> None:
    said = refusal(path, text)
    assert any(f"{path}, line {line}: " in row and words in row for row in said.split("\n")), said
    assert "hunter2" not in said
    assert said.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (GOOD.encode() + b"read_only = yes\n", 4),
        (GOOD.encode() + b'x = "hunter2\n', 4),
        (GOOD.encode() + GOOD.encode(), 4),
        (GOOD.encode() + b"x = [1,\n", 4),
        (GOOD.encode() + b"a = " + b"[" * 60_000, 1),
        (b"\xef\xbb\xbf" + GOOD.encode(), 1),
        (GOOD.encode("utf-16"), 1),
        (GOOD.encode() + b'user = "\xe9"\n', 4),
        (GOOD.encode() + b"\x00", 4),
        (GOOD.encode() + b"location = " + b"1" * 5_000, 4),
    ],
    ids=["type", "string", "twice", "open", "deep", "bom", "utf16", "latin1", "nul", "long"],
)
def test_K04_what_is_no_toml_is_named_with_its_line(path: Path, raw: bytes, line: int) -> None:
    said = refusal(path, raw)
    assert f"{path}, line {line}: " in said
    assert "hunter2" not in said
    assert "Traceback" not in said


def test_K04_five_megabytes_are_not_even_read(path: Path) -> None:
    said = refusal(path, GOOD.encode() + b"#" * 5_000_000)
    assert f"it is larger than {MAX_SIZE // 1024} KB" in said


def test_K04_the_largest_file_that_is_read_is_refused_in_time(path: Path) -> None:
    line = f"a{'b' * 60} = 1\n"
    text = GOOD + "".join(line.replace("b", f"{number:04}", 1) for number in range(850))
    assert f"line {4}: " in refusal(path, text)


def test_K04_a_folder_or_a_fifo_in_its_place_is_refused_without_waiting(path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(BadProfiles, match="it is not a file"):
        Profiles.load()
    path.unlink()
    path.mkdir()
    with pytest.raises(BadProfiles, match="it is not a file"):
        Profiles.load()


def test_K04_the_last_good_one_is_offered_and_comes_back(path: Path) -> None:
    path.write_text(WHOLE)
    before = Profiles.load()
    said = refusal(path, WHOLE + "oops")
    command = said.rpartition("with: ")[2]
    assert command == f"cp {good_profiles_file()} {path}"
    subprocess.run(command.split(), check=True)
    after = Profiles.load()
    assert (after.by_name, after.default) == (before.by_name, before.default)
    assert WHOLE in path.read_text()


def test_C07_a_password_in_the_address_is_refused_and_not_repeated(path: Path) -> None:
    said = refusal(path, GOOD.replace("https://", "https://ana:hunter2@"))
    assert "line 2: `url` holds a user or a password" in said
    assert "hunter2" not in said
    assert "ana" not in said.replace(str(path), "")


@pytest.mark.parametrize("mode", [0o660, 0o606, 0o622])
@pytest.mark.parametrize("of_the_folder", [False, True])
def test_A10_a_command_is_not_taken_from_a_file_that_others_may_write(
    path: Path, mode: int, of_the_folder: bool
) -> None:
    path.write_text(GOOD + 'password_command = ["touch", "x"]\n')
    place = path.parent if of_the_folder else path
    path.chmod(0o600)
    place.chmod(mode | (0o711 if of_the_folder else 0))
    with pytest.raises(BadProfiles) as caught:
        Profiles.load()
    assert "is not trusted" in str(caught.value)
    assert str(caught.value).endswith(f"chmod go-w {place}")
    subprocess.run(str(caught.value).rpartition("with: ")[2].split(), check=True)
    assert Profiles.load().by_name


@pytest.mark.parametrize("mode", [0o644, 0o664, 0o666])
def test_A10_without_a_command_or_when_it_is_only_readable_nothing_is_said(
    path: Path, mode: int
) -> None:
    path.write_text(GOOD)
    path.chmod(mode)
    assert Profiles.load().by_name
    path.write_text(GOOD + 'password_command = ["x"]\n')
    path.chmod(0o644)
    path.parent.chmod(0o755)
    assert Profiles.load().by_name


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_A10_a_command_is_not_taken_from_another_users_file(path: Path) -> None:
    path.write_text(GOOD + 'password_command = ["x"]\n')
    os.chown(path, 65534, 65534)
    with pytest.raises(BadProfiles, match="belongs to another user"):
        Profiles.load()


def test_the_profile_is_the_named_the_environments_the_default_or_the_only_one(path: Path) -> None:
    path.write_text(WHOLE)
    found = Profiles.load()
    chosen = found.chosen("all", {"CRM_TUI_PROFILE": "riverside"})
    assert chosen is not None
    assert chosen.name == "all"
    assert found.chosen(None, {"CRM_TUI_PROFILE": "all"}) == chosen
    assert found.chosen(None, {}) == found.get("riverside")
    path.write_text(GOOD)
    assert Profiles.load().chosen(None, {}) == Profiles.load().get("a")
    assert Profiles(path).chosen(None, {}) is None


def test_when_it_cannot_be_told_which_is_meant_it_is_said(path: Path) -> None:
    path.write_text(WHOLE.replace('default = "riverside"', ""))
    found = Profiles.load()
    with pytest.raises(NoSuchProfile, match=r"There are 2 profiles .* --profile"):
        found.chosen(None, {})
    with pytest.raises(NoSuchProfile, match="Did you mean `riverside`"):
        found.chosen("rivrside", {})
    with pytest.raises(NoSuchProfile, match="profile list"):
        found.chosen(None, {"CRM_TUI_PROFILE": "x\x1b[2J"})


def test_the_second_start_reads_the_profiles_without_pydantic(path: Path) -> None:
    path.write_text(WHOLE)
    program = (
        "import sys\n"
        "from crm_tui.config.profiles import Profiles\n"
        "assert Profiles.load().default == 'riverside'\n"
        "print([name for name in ('pydantic', 'tomlkit') if name in sys.modules])"
    )
    said = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout
        for _ in range(2)
    ]
    assert said == ["['pydantic']\n", "[]\n"]
    path.write_text(WHOLE + "\n")  # any change is looked at anew
    again = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert again.stdout == "['pydantic']\n"


def test_C09_a_profiles_repr_shows_no_argument_of_its_command(path: Path) -> None:
    path.write_text(GOOD + 'password_command = ["echo", "hunter2"]\n')
    assert "hunter2" not in f"{Profiles.load()!r}"
