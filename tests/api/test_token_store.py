"""Where tokens are kept, and what is there when something went wrong (rows A14, B04)."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from crm_tui.api.errors import SignInRefused
from crm_tui.api.shared_file import SharedFile
from crm_tui.api.token_store import kept_tokens
from tests.api.desk import Person, desk, transport_of
from tests.api.token_service import CLIENT, PASSWORD, USER


async def test_tokens_are_kept_in_a_private_file(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        async with desk() as at:
            await at.sign_in(file=tmp_path / "tokens").header()
    finally:
        os.umask(old)
    modes = {name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in os.listdir(tmp_path)}
    assert modes == {"tokens": 0o600, "tokens.lock": 0o600}


@pytest.mark.parametrize("fault", ["open", "link", "pipe", "folder", "no-folder", "open-lock"])
async def test_a_file_that_is_not_private_is_not_used(fault: str, tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    if fault == "open":
        path.write_text("planted")
        path.chmod(0o644)
    elif fault == "link":
        path.symlink_to(tmp_path / "elsewhere")
    elif fault == "pipe":
        os.mkfifo(path, 0o600)
    elif fault == "folder":
        path.mkdir()
    elif fault == "no-folder":
        path = tmp_path / "missing" / "tokens"
    else:
        path.with_name("tokens.lock").touch(0o644)
        path.with_name("tokens.lock").chmod(0o644)
    async with desk() as at:
        sign_in = at.sign_in(file=path)
        assert (await sign_in.header()).reveal() == "Bearer access-canary-1"
        assert (await sign_in.header()).reveal() == "Bearer access-canary-1"
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"owner":1}', b"\xff" * 100_000])
async def test_a_spoilt_file_means_signing_in_anew(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.touch(0o600)
    path.write_bytes(content)
    async with desk() as at:
        await at.sign_in(file=path).header()
        other = Person()
        assert (await at.sign_in(other, file=path).header()).reveal() == "Bearer access-canary-1"
    assert other.asked == 0


@pytest.mark.parametrize("number", ["1" + "0" * 400, "1e400", "-1e400"])
@pytest.mark.parametrize("key", ["issued_at", "renew_at"])
async def test_a_number_beyond_all_measure_means_signing_in_anew(
    key: str, number: str, tmp_path: Path
) -> None:
    path = tmp_path / "tokens"
    async with desk() as at:
        await at.sign_in(file=path).header()
        kept = json.loads(path.read_bytes())
        path.write_text(json.dumps({**kept, key: 0}).replace(f'"{key}": 0', f'"{key}": {number}'))
        assert (await at.sign_in(file=path).header()).reveal() == "Bearer access-canary-2"
        assert at.service.count("password") == 2


async def test_A14_tokens_of_another_address_are_not_used(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    async with desk() as one, desk() as two:
        await one.sign_in(file=path).header()
        await two.sign_in(file=path).header()
    assert two.service.count("password") == 1
    assert "canary" not in str([request.headers for request in two.server.requests])


async def test_B04_without_a_password_it_is_one_clear_error_and_no_loop(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    async with desk() as at:
        await at.sign_in(file=path).header()
        at.service.revoke()
        at.clock.jump(8 * 86_400)
        person = Person()
        sign_in = at.sign_in(person, file=path)
        async with transport_of(at, sign_in) as transport:
            for _ in range(5):
                with pytest.raises(SignInRefused):
                    await transport.send("GET", "/x")
    assert person.asked == 1
    assert at.service.count("password") == 1


async def test_a_signed_out_user_leaves_no_token_behind(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    async with desk() as at:
        sign_in = at.sign_in(Person(PASSWORD), file=path)
        await sign_in.header()
        assert b"canary" in path.read_bytes()
        path.with_name(".tokens.new").write_bytes(path.read_bytes())  # of a process that was killed
        await sign_in.forget()
        assert os.listdir(tmp_path) == ["tokens.lock"]
        with pytest.raises(SignInRefused):
            await sign_in.header()


async def test_who_signs_out_signs_out_the_other_processes_when_their_token_ends(
    tmp_path: Path,
) -> None:
    path = tmp_path / "tokens"
    async with desk() as at:
        other = at.sign_in(Person(PASSWORD), file=path)
        await other.header()
        await at.sign_in(Person(), file=path).forget()
        at.clock.jump(8 * 86_400)
        with pytest.raises(SignInRefused):
            await other.header()
    assert not path.exists()
    assert at.service.count("refresh_token") == 0


async def test_signing_out_that_fails_is_told(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    async with desk() as at:
        await at.sign_in(Person(PASSWORD), file=path).header()
        path.unlink()
        (path / "in the way").mkdir(parents=True)
        with pytest.raises(OSError, match="tokens"):
            await at.sign_in(Person(), file=path).forget()
        await at.sign_in(Person(), file=tmp_path / "missing" / "tokens").forget()


async def test_what_is_kept_can_be_looked_at_while_somebody_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    async with desk() as at:
        owner = (at.server.url, USER, CLIENT)
        assert kept_tokens(path, owner) is None
        await at.sign_in(file=path).header()
        async with SharedFile(path).held(patience=1):
            found = kept_tokens(path, owner)
        assert found is not None
        assert found.access.reveal() == "access-canary-1"
        assert kept_tokens(path, (at.server.url, "tom@example.com", CLIENT)) is None
        path.chmod(0o644)
        assert kept_tokens(path, owner) is None
