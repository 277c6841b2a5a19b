"""What a record holds goes back as it came, and what an answer asks for beside its result is not done.

Rows F08, F09, F10 at the wire, and I16.
"""

from __future__ import annotations

import ast
import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crm_tui
from crm_tui.api.address import Address
from crm_tui.api.auth import Basic, Secret
from crm_tui.api.client import NexudusClient
from crm_tui.api.transport import Transport
from tests.api.raw_server import http, raw_server
from tests.api.scripted import Request, Scripted, reply, scripted
from tests.sandbox.driving import encode

DONE = {"Status": 200, "Message": "Done", "Value": {"Id": 7}, "WasSuccessful": True}


class Echo:
    """A service with one record of any shape, which keeps what is written to it."""

    def __init__(self) -> None:
        self.record = b""
        self.written = b""

    async def __call__(self, request: Request) -> bytes:
        if request.method == "GET":
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
            return head + str(len(self.record)).encode() + b"\r\n\r\n" + self.record
        self.written = request.body
        return reply(DONE)


class Desk:
    """The service, and a client of it, in a loop of their own."""

    def __init__(self, runner: asyncio.Runner, service: Echo, server: Scripted) -> None:
        self.runner = runner
        self.service = service
        sign_in = Basic("ana", Secret("right"))
        self.client = NexudusClient(Transport(Address.parse(server.url, plain_http=True), sign_in))

    def carried(self, text: str) -> bytes:
        """Fetch a record of this text, write it back with another position, and give what was written."""

        async def work() -> None:
            whole = await self.client.opportunities.one(7)
            await self.client.opportunities.update(whole.raw, {"position": 5})

        self.service.record = text.encode()
        self.runner.run(work())
        return self.service.written


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with asyncio.Runner() as runner:
        service = Echo()
        serving = scripted(service)
        desk = Desk(runner, service, runner.run(serving.__aenter__()))
        yield desk
        runner.run(desk.client.close())
        runner.run(serving.__aexit__(None, None, None))


def tokens(text: str | bytes) -> Any:
    """Read JSON as pairs in their order, numbers by their digits: two texts are alike only if all is."""
    return json.loads(
        text,
        object_pairs_hook=list,
        parse_float=lambda digits: ("number", digits),
        parse_int=lambda digits: ("number", digits),
    )


MISSING = object()

amounts = st.decimals(
    allow_nan=False, allow_infinity=False, places=2, min_value=-(10**18), max_value=10**18
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
nothing = st.sampled_from([MISSING, None, ""])
unknown = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | amounts | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
)
records = st.fixed_dictionaries(
    {
        "Name": nothing | texts,
        "Notes": nothing | texts,
        "DueDate": st.sampled_from([MISSING, None, "", "2026-03-09T09:00:00Z"]),
        "Value": st.sampled_from([MISSING, None]) | amounts,
        "TeamId": st.sampled_from([MISSING, None, 4]),
        "UtmTerm": nothing,
        "New": st.just(MISSING) | unknown,
    }
)  # fmt: skip
"""What may be there, may be null, may be empty, and may be nobody knows what."""


@settings(max_examples=150)
@given(drawn=records)
def test_F08_F09_F10_a_record_goes_back_as_it_came_but_for_what_was_changed(
    desk: Desk, drawn: dict[str, Any]
) -> None:
    there = {key: value for key, value in drawn.items() if value is not MISSING}
    record = {"Id": 7, "CrmBoardColumnId": 5, **there, "CoworkerId": 9, "Position": 1}
    written = desk.carried(encode(record))
    assert tokens(written) == tokens(encode({**record, "Position": 5}))


@pytest.mark.parametrize("key", ["Notes", "TeamId", "Anything"])
def test_F10_null_empty_and_missing_stay_three_things(desk: Desk, key: str) -> None:
    least = '"Id":7,"CrmBoardColumnId":5,"CoworkerId":9,"Position":1'
    values = ["null", '""'] if key != "TeamId" else ["null"]
    texts = [f"{{{least}}}", *(f'{{{least},"{key}":{value}}}' for value in values)]
    written = [desk.carried(text).decode() for text in texts]
    assert written == [text.replace('"Position":1', '"Position":5') for text in texts]


# What an answer asks for


@pytest.mark.parametrize("verb", ["create", "update", "delete", "run_command"])
async def test_I16_a_redirect_a_script_and_a_window_in_an_answer_are_ignored(verb: str) -> None:
    async with raw_server(http()) as elsewhere:
        orders = {
            "RedirectURL": f"{elsewhere.url}/stolen",
            "JavaScript": f"fetch('{elsewhere.url}/run')",
            "OpenInWindow": True,
            "OpenInDialog": True,
        }

        async def answer(_request: Request) -> bytes:
            return reply({**DONE, **orders})

        async with scripted(answer) as server:
            sign_in = Basic("ana", Secret("right"))
            client = NexudusClient(Transport(Address.parse(server.url, plain_http=True), sign_in))
            cards = client.opportunities
            if verb == "create":
                await cards.create({"name": "x"})
            elif verb == "update":
                await cards.update({"Id": 7}, {"name": "x"})
            elif verb == "delete":
                await cards.delete(7)
            else:
                await cards.run_command("X", [7])
            await client.close()
        assert len(server.requests) == 1
    assert elsewhere.requests == []


ORDERS = {"RedirectURL", "JavaScript", "OpenInWindow", "OpenInDialog"}
"""What an answer may ask for."""

OPENERS = {
    *("webbrowser", "open_url", "startfile", "system", "popen", "subprocess", "posix_spawn"),
    *("create_subprocess_exec", "create_subprocess_shell", "execv", "execvp", "spawnv", "pty"),
}
"""What could open something, as a module, a function or a method."""

STARTS_PROGRAMS = {
    "config/secrets.py": {"subprocess"},  # the password command, which the user's own file names
    "cli/demo.py": {"subprocess"},  # the sandbox, before there is an answer
    "ui/clipboard.py": {
        "subprocess",
        "create_subprocess_exec",
    },  # tmux, which takes a text as it is
}


def openers(tree: ast.Module) -> set[str]:
    """Give what a module names of what could open something, however it names it."""
    named: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named |= {part for alias in node.names for part in alias.name.split(".")}
        elif isinstance(node, ast.ImportFrom):
            named |= {*(node.module or "").split("."), *(alias.name for alias in node.names)}
        elif isinstance(node, ast.Attribute):
            named.add(node.attr)
    return named & OPENERS


def test_I16_nothing_in_the_program_can_open_what_an_answer_names() -> None:
    """The keys are read nowhere, and nothing that opens or starts anything is named but where it is listed."""
    root = Path(crm_tui.__file__).parent
    sources = [path for path in root.rglob("*.py") if "sandbox" not in path.parts]
    assert len(sources) > 50
    found: dict[str, set[str]] = {}
    for path in sources:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        assert not ORDERS & texts, path
        if named := openers(tree):
            found[str(path.relative_to(root))] = named
    assert found == STARTS_PROGRAMS


@pytest.mark.parametrize(
    "planted",
    [
        "import webbrowser",
        "import webbrowser as w",
        "from webbrowser import open",
        "from subprocess import run",
        "import asyncio.subprocess",
        "from os import system as s",
        "self.app.open_url(answer['RedirectURL'])",
        "os.startfile(x)",
        "asyncio.create_subprocess_exec(x)",
    ],
)
def test_I16_a_planted_opener_is_found(planted: str) -> None:
    assert openers(ast.parse(planted))
