"""The help of `crm-tui sandbox`: every command that it shows works, and nothing that can be turned is left out."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import httpx
import pytest

from crm_tui.cli.account import address_of
from crm_tui.cli.arguments import parse
from crm_tui.cli.choosing import chosen_profile
from crm_tui.cli.main import run
from crm_tui.sandbox import totp
from crm_tui.sandbox.dialect import Switches
from crm_tui.sandbox.edits import Edit
from crm_tui.sandbox.faults import FaultRule
from crm_tui.sandbox.inspection import own_routes
from crm_tui.sandbox.people import ACCOUNTS, THEOS_SECRET
from tests.sandbox.driving import CARDS, Sandbox, connected, encode


@pytest.fixture
def help_text(capsys: pytest.CaptureFixture[str]) -> str:
    assert run(["sandbox", "--help"]) == 0
    return capsys.readouterr().out


def calls(text: str, variables: dict[str, str]) -> Iterator[tuple[str, httpx.Request]]:
    """Read each curl line as curl does: `-u`, `-X`, `-d`, the address, and `-g`, without which it minds brackets."""
    for line in re.findall(r"^ +curl .*(?:\n {6}.*)*", text, re.MULTILINE):
        words = iter(shlex.split(line)[1:])
        method, data, user, url = "", [], None, ""
        for word in words:
            if word == "-u":
                user = filled(next(words), variables)
            elif word == "-g":
                continue
            elif word == "-X":
                method = next(words)
            elif word == "-d":
                data.append(filled(next(words), variables))
            else:
                url = filled(word, variables)
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if data else {}
        request = httpx.Request(
            method or ("POST" if data else "GET"), url, content="&".join(data), headers=headers
        )
        if user:
            name, _, password = user.partition(":")
            request = next(httpx.BasicAuth(name, password).auth_flow(request))
        yield line, request


def filled(text: str, variables: dict[str, str]) -> str:
    text = re.sub(r"\$(\w+)", lambda found: variables[found[1]], text)
    return Path(text[1:]).read_text() if text.startswith("@") else text


async def test_every_command_of_the_help_works(
    sandbox: Sandbox, help_text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await sandbox.card("Enquiry")
    (tmp_path / "record.json").write_text(
        encode({**card, "CrmBoardColumnId": sandbox.stage("Negotiation")})
    )
    monkeypatch.chdir(tmp_path)
    variables = {
        "URL": "http://sandbox/api",
        "ME": "ana@example.com:sandbox",
        "ID": f"{card['Id']}",
        "OLD": f"{(await sandbox.card('Tour booked'))['Id']}",
        "STAGE": f"{sandbox.stage('Enquiry')}",
        "CUSTOMER": f"{card['CoworkerId']}",
        "CODE": totp.code(THEOS_SECRET, sandbox.clock.now.timestamp()),
    }
    before = sandbox.one("SELECT count(*) FROM crmopportunities")
    tried = 0
    async with connected(sandbox.socket_path, None) as curl:
        for line, request in calls(help_text, variables):
            response = await curl.send(request)
            assert response.status_code == 200, (line, response.text)
            tried += 1
            if "enums" in line or "commands?" in line:
                assert response.json(), line
            if "-d '{\"" in line and "_sandbox" not in line:
                assert response.json()["WasSuccessful"] is True, line
    assert tried > 25
    assert sandbox.one("SELECT count(*) FROM crmopportunities") == before
    gone = "SELECT count(*) FROM crmopportunities WHERE Id = ?"
    assert sandbox.one(gone, variables["OLD"]) == 0
    assert (await sandbox.get(f"{CARDS}/{card['Id']}"))["CrmBoardColumnName"] == "Negotiation"
    assert await sandbox.get("/_sandbox/effects") != []


def test_I01_every_line_for_this_program_leads_to_the_sandbox(help_text: str) -> None:
    lines = re.findall(r"^ {4}(crm-tui .*)$", help_text, re.MULTILINE)
    (url,) = re.findall(r"^  URL=(\S+)", help_text, re.MULTILINE)
    assert len(lines) == 2
    for line in lines:
        options = parse(shlex.split(filled(line, {"URL": url}))[1:])
        assert address_of(chosen_profile(options)).url == url


def test_the_help_names_every_switch_with_its_first_value(help_text: str) -> None:
    for each in fields(Switches):
        found = re.search(rf"\b{each.name} ([^\s,|]+)", help_text)
        assert found, each.name
        first: object = each.default
        spelled = json.dumps(first) if isinstance(first, bool | None) else str(first)
        assert found[1] == spelled, each.name


def test_the_help_names_every_own_address_and_every_user(help_text: str) -> None:
    for route in own_routes():
        assert route.path.removeprefix("/api") in help_text
    for account in ACCOUNTS:
        assert account.email.partition("@")[0] in help_text
    assert THEOS_SECRET in help_text


def test_the_help_names_every_field_of_an_order(help_text: str) -> None:
    for kind in (FaultRule, Edit):
        for each in fields(kind):
            if each.name not in ("seen", "fired", "done", "error"):
                assert re.search(rf"\b{each.name}\b", help_text), each.name


@pytest.mark.parametrize("more", [["--port", "0"], []])
@pytest.mark.parametrize("switch", ["dialect=v3", "colour=red", "dialect"])
def test_a_switch_that_is_none_is_wrong_usage(
    switch: str, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sandbox", *more, "--switch", switch]) == 2
    said = capsys.readouterr().err
    assert said.startswith("crm-tui sandbox: ")
    assert said.count("\n") == 1
