"""Signing in by token: when it is asked for, renewed, refused and shared (rows A19, B01, B05 to B10)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from crm_tui.api.address import Address
from crm_tui.api.auth import Secret
from crm_tui.api.errors import (
    ApiError,
    BadAnswer,
    CodeRefused,
    ServerFault,
    SignInNeeded,
    SignInRefused,
    Throttled,
    Unanswered,
    Unreached,
)
from crm_tui.api.pacing import Pacing, Priority, Waiting, Why
from crm_tui.api.token import REST, TokenSignIn
from tests.api.desk import Person, desk, transport_of
from tests.api.raw_server import Answer, http, raw_server
from tests.api.scripted import reply
from tests.api.token_service import CLIENT, PASSWORD, USER

# Getting a token


async def test_B06_a_password_goes_out_as_a_form_with_the_installations_id_both_ways() -> None:
    async with desk() as at:
        sign_in = at.sign_in()
        first = await sign_in.header()
        at.clock.jump(7 * 86_400)
        second = await sign_in.header()
    assert [first.reveal(), second.reveal()] == [
        "Bearer access-canary-1",
        "Bearer access-canary-2",
    ]
    assert at.service.grants == [
        {"grant_type": "password", "username": USER, "password": PASSWORD, "client_id": CLIENT},
        {
            "grant_type": "refresh_token",
            "refresh_token": "refresh-canary-1",
            "client_id": CLIENT,
        },
    ]
    for headers in at.service.headers:
        assert headers["content-type"] == "application/x-www-form-urlencoded"
        assert headers["client_id"] == CLIENT
        assert "authorization" not in headers


async def test_a_password_is_asked_for_once_and_only_when_it_is_needed(tmp_path: Path) -> None:
    async with desk() as at:
        person = Person(PASSWORD)
        sign_in = at.sign_in(person, file=tmp_path / "tokens")
        assert person.asked == 0
        await asyncio.gather(*(sign_in.header() for _ in range(10)))
        other = Person()
        await at.sign_in(other, file=tmp_path / "tokens").header()
    assert (person.asked, other.asked) == (1, 0)
    assert at.service.count("password") == 1


async def test_A19_a_code_is_asked_for_when_the_server_wants_one_and_sent_once(
    tmp_path: Path,
) -> None:
    async with desk(code="123456") as at:
        person, code = Person(PASSWORD), Person("123456")
        await at.sign_in(person, code=code, file=tmp_path / "tokens").header()
    assert (person.asked, code.asked) == (1, 1)
    assert [form.get("totp") for form in at.service.grants] == [None, "123456"]
    assert b"123456" not in (tmp_path / "tokens").read_bytes()


async def test_A19_a_wrong_code_is_not_sent_again() -> None:
    async with desk(code="123456") as at:
        code = Person("000000", "123456")
        sign_in = at.sign_in(code=code)
        for _ in range(3):
            with pytest.raises(CodeRefused, match="two-factor") as caught:
                await sign_in.header()
            assert caught.value.advice.startswith("Codes are good for half a minute")
    assert code.asked == 1
    assert len(at.service.grants) == 2


async def test_A19_a_code_that_is_wanted_and_that_nobody_has_is_no_mistyped_password() -> None:
    async with desk(code="123456") as at:
        with pytest.raises(CodeRefused):
            await at.sign_in().header()


async def test_A19_a_refusal_without_words_is_not_laid_on_the_code() -> None:
    async with desk() as at:
        at.service.failing = reply({}, status=400)
        code = Person("000000")
        with pytest.raises(SignInRefused) as caught:
            await at.sign_in(code=code).header()
    assert type(caught.value) is SignInRefused
    assert code.asked == 1


async def test_no_code_is_asked_for_when_the_server_does_not_want_one() -> None:
    async with desk() as at:
        code = Person("123456")
        with pytest.raises(SignInRefused):
            await at.sign_in(Person("wrong"), code=code).header()
    assert code.asked == 0


@pytest.mark.parametrize("status", [400, 401])
async def test_B09_a_wrong_password_is_tried_once_until_a_person_asks_again(status: int) -> None:
    async with desk() as at:
        said = {"error": "invalid_grant", "error_description": "The password is incorrect."}
        at.service.failing = reply(said, status=status)
        person = Person("wrong", "wrong", PASSWORD)
        sign_in = at.sign_in(person)
        async with transport_of(at, sign_in) as transport:
            asked = (transport.send("GET", f"/crm/{n}") for n in range(5))
            outcomes: Sequence[object] = await asyncio.gather(*asked, return_exceptions=True)
            for _ in range(5):
                with pytest.raises(SignInRefused):
                    await transport.send("GET", "/x")
        assert all(isinstance(outcome, SignInRefused) for outcome in outcomes)
        assert {str(outcome) for outcome in outcomes} == {"The password is incorrect."}
        assert len(at.service.grants) == person.asked == 1
        sign_in.again()
        with pytest.raises(SignInRefused):
            await sign_in.header()
        at.service.failing = None
        sign_in.again()
        await sign_in.header()
    assert len(at.service.grants) == person.asked == 3


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (http(b"<html>", status="400 Bad", content_type="text/html"), SignInRefused),
        (http(b"[]", status="403 No"), SignInRefused),
        (http(b'{"error":7}', status="418 Tea"), SignInRefused),
        (http(b"", status="429 Slow"), Throttled),
        (http(b"", status="409 Slow"), Throttled),
        (http(b'{"error":"invalid_grant"}', status="409 No"), SignInRefused),
        (http(b"oh", status="503 Oh"), ServerFault),
        (http(b"{}"), BadAnswer),
        (http(b"[]"), BadAnswer),
        (http(b"<html>"), BadAnswer),
        (http(b'{"access_token":"a\\r\\nX-Evil: 1"}'), BadAnswer),
        (http(b'{"access_token":"\\u00e9"}'), BadAnswer),
        (http(b'{"access_token":""}'), BadAnswer),
    ],
)
async def test_any_other_answer_to_a_sign_in_is_a_named_error(
    answer: Answer, error: type[ApiError]
) -> None:
    async with raw_server(answer) as server:
        sign_in = TokenSignIn(
            Address.parse(server.url, plain_http=True),
            USER,
            client_id=CLIENT,
            password=Person(PASSWORD),
        )
        with pytest.raises(error) as caught:
            await sign_in.header()
    assert "canary" not in repr(caught.value)
    assert len(server.requests) == 1


async def test_a_server_that_is_not_there_costs_no_second_question() -> None:
    async with raw_server(http()) as server:
        pass
    person = Person(PASSWORD, PASSWORD)
    sign_in = TokenSignIn(
        Address.parse(server.url, plain_http=True), USER, client_id=CLIENT, password=person
    )
    for _ in range(3):
        with pytest.raises(Unreached):
            await sign_in.header()
    assert person.asked == 1


@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
async def test_B10_a_password_follows_no_redirect(status: str) -> None:
    async with raw_server(http()) as other:
        moved = http(status=f"{status} Moved", headers=[f"Location: {other.url}/token"])
        async with raw_server(moved) as server:
            sign_in = TokenSignIn(
                Address.parse(server.url, plain_http=True),
                USER,
                client_id=CLIENT,
                password=Person(PASSWORD),
            )
            with pytest.raises(BadAnswer, match="redirect"):
                await sign_in.header()
    assert other.requests == []
    assert len(server.requests) == 1


class Elsewhere(Person):
    """Somebody who cannot be asked here."""

    async def __call__(self) -> Secret | None:
        self.asked += 1
        raise SignInNeeded("in another window")


async def test_where_nobody_can_be_asked_a_refused_refresh_token_is_sent_once(
    tmp_path: Path,
) -> None:
    """Row B05: no loop; and what another process gets by asking is taken over by itself."""
    path = tmp_path / "tokens"
    async with desk() as at:
        await at.sign_in(file=path).header()
        at.service.revoke()
        elsewhere = Elsewhere()
        sign_in = at.sign_in(elsewhere, file=path)
        async with transport_of(at, sign_in) as transport:
            for _ in range(3):
                with pytest.raises(SignInNeeded, match="in another window"):
                    await transport.send("GET", "/x")
            assert at.service.count("refresh_token") == 1
            at.clock.jump(1)
            other = at.sign_in(Person(PASSWORD), file=path)
            async with transport_of(at, other) as its_transport:
                assert (await its_transport.send("GET", "/x")).status == 200
            transport.again()
            assert (await transport.send("GET", "/x")).status == 200
    assert (at.service.count("refresh_token"), at.service.count("password")) == (2, 2)


async def test_B09_where_no_code_can_be_asked_for_the_password_is_tried_once() -> None:
    async with desk(code="123456") as at:
        code = Elsewhere()
        sign_in = at.sign_in(Person(*[PASSWORD] * 9), code=code)
        for _ in range(3):
            with pytest.raises(SignInNeeded, match="in another window"):
                await sign_in.header()
        assert (len(at.service.grants), code.asked) == (1, 1)
        sign_in.again()
        with pytest.raises(SignInNeeded):
            await sign_in.header()
    assert (len(at.service.grants), code.asked) == (2, 2)


# In vain

UNSURE = {
    "no-answer": (b"", Unanswered),
    "half-an-answer": (reply({"access_token": "x"})[:-3], Unanswered),
    "a-web-page": (reply("x").replace(b'"x"', b"<p>"), BadAnswer),
    "a-fault": (reply(status=503), ServerFault),
}


@pytest.mark.parametrize("how", UNSURE)
async def test_B09_a_password_that_was_not_answered_goes_out_once_for_one_wish(how: str) -> None:
    answer, error = UNSURE[how]
    async with desk() as at:
        at.service.failing = answer
        person = Person(PASSWORD)
        async with transport_of(at, at.sign_in(person)) as transport:
            for _ in range(4):
                with pytest.raises(error):
                    await transport.send("GET", "/x")
                at.clock.jump(2 * REST)
            assert at.service.count("password") == 1
            at.service.failing = None
            transport.again()
            assert (await transport.send("GET", "/x")).status == 200
    assert (at.service.count("password"), person.asked) == (2, 1)


@pytest.mark.parametrize("how", UNSURE)
async def test_B02_a_refresh_token_that_was_not_answered_is_not_repeated_at_once(how: str) -> None:
    answer, error = UNSURE[how]
    async with desk() as at, transport_of(at, at.sign_in()) as transport:
        await transport.send("GET", "/x")
        at.service.expire()
        at.service.failing = answer
        for _ in range(5):
            with pytest.raises(error):
                await transport.send("GET", "/x")
            at.clock.jump(1)
        assert at.service.count("refresh_token") == 1
        at.service.failing = None
        at.clock.jump(REST)
        assert (await transport.send("GET", "/x")).status == 200
    assert (at.service.count("refresh_token"), at.service.count("password")) == (2, 1)


# Throttled


@pytest.mark.parametrize(
    "slow",
    [
        reply(status=409, headers={"Retry-After": "3600"}),
        reply({"error": "busy"}, status=409, headers={"Retry-After": "3600"}),
        reply(status=429, headers={"Retry-After": "Tue, 10 Mar 2026 10:00:00 GMT"}),
    ],
    ids=["409-empty", "409-with-words", "429-by-date"],
)
async def test_H01_H02_a_throttled_sign_in_spends_nothing_and_makes_everybody_wait(
    slow: bytes, tmp_path: Path
) -> None:
    async with desk() as at:
        one, two = (Pacing(file=tmp_path / "pace", clock=at.clock) for _ in range(2))
        person = Person(PASSWORD)
        sign_in = at.sign_in(person, file=tmp_path / "tokens", pacing=one)
        await sign_in.header()
        at.clock.jump(8 * 86_400)
        at.service.failing = slow
        async with transport_of(at, sign_in, pacing=two) as transport:
            with pytest.raises(Throttled) as caught:
                await transport.send("GET", "/x")
            assert caught.value.retry_after == 3600
            with pytest.raises(Throttled):
                await two.turn(Priority.VISIBLE, write=False)
            at.service.failing = None
            at.clock.jump(3599 - 60)
            other = at.sign_in(Person(), file=tmp_path / "tokens", pacing=two)
            with pytest.raises(Throttled):
                await other.header()  # the same account's other window asks no earlier either
            assert at.service.count("refresh_token") == 1
            at.clock.jump(61)
            assert (await transport.send("GET", "/x")).status == 200
    assert (at.service.count("refresh_token"), at.service.count("password")) == (2, 1)
    assert person.asked == 1


@pytest.mark.parametrize("status", [409, 429])
async def test_H02_a_throttled_sign_in_without_a_number_pauses_a_moment(status: int) -> None:
    async with desk() as at:
        pacing = Pacing(clock=at.clock)
        told: asyncio.Queue[Waiting | None] = asyncio.Queue()
        pacing.on_wait = told.put_nowait
        at.service.failing = reply(status=status)
        with pytest.raises(Throttled) as caught:
            await at.sign_in(pacing=pacing).header()
        assert caught.value.retry_after is None
        waiting = asyncio.create_task(pacing.turn(Priority.VISIBLE, write=False))
        first = await told.get()
        waiting.cancel()
    assert first is not None
    assert first.why is Why.THROTTLED
    assert 1 <= (first.until - at.clock()).total_seconds() <= 1.5


# Renewing


async def test_B01_twenty_reads_share_one_refresh() -> None:
    async with desk() as at:
        sign_in = at.sign_in()
        async with transport_of(at, sign_in) as transport:
            await transport.send("GET", "/x")
            at.service.expire()
            asked = (transport.send("GET", f"/crm/{n}") for n in range(20))
            replies = await asyncio.gather(*asked)
    assert [reply.status for reply in replies] == [200] * 20
    assert (at.service.count("refresh_token"), at.service.count("password")) == (1, 1)


async def test_B05_a_refused_write_is_sent_again_once_after_one_refresh() -> None:
    async with desk() as at, transport_of(at, at.sign_in()) as transport:
        await transport.send("GET", "/x")
        at.service.expire()
        reply = await transport.send("PUT", "/x", body=b"{}")
    assert reply.status == 200
    assert at.service.count("refresh_token") == 1
    assert len(at.server.asked("PUT", "/api/x")) == 2


async def test_a_renewal_goes_on_when_who_waits_for_it_is_cancelled(tmp_path: Path) -> None:
    async with desk() as at:
        sign_in = at.sign_in(Person(PASSWORD), file=tmp_path / "tokens")
        await sign_in.header()
        at.clock.jump(8 * 86_400)
        waiting = asyncio.create_task(sign_in.header())
        await at.service.refreshing.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert (await sign_in.header()).reveal() == "Bearer access-canary-2"
    assert len(at.service.grants) == 2


async def test_a_token_is_renewed_a_little_before_it_expires() -> None:
    async with desk(lifetime=3600) as at:
        sign_in = at.sign_in()
        await sign_in.header()
        at.clock.jump(3299)
        assert (await sign_in.header()).reveal().endswith("-1")
        at.clock.jump(2)
        assert (await sign_in.header()).reveal().endswith("-2")


@pytest.mark.parametrize(
    "lifetime", [..., None, 0, -5, 1, 1e12, 10**30, "soon", "3600", True, [], 0.5]
)
async def test_B07_odd_lifetimes_cause_no_storm(lifetime: Any) -> None:
    async with desk(lifetime=lifetime) as at:
        sign_in = at.sign_in()
        for _ in range(600):
            await sign_in.header()
            at.clock.jump(1)
    assert at.service.count("password") == 1
    assert at.service.count("refresh_token") <= 600 / REST


@pytest.mark.parametrize("jump", [86_400, -86_400])
@pytest.mark.parametrize("lifetime", [3600, 604_799])
async def test_B08_a_clock_that_jumps_causes_no_storm(jump: int, lifetime: int) -> None:
    async with desk(lifetime=lifetime) as at:
        sign_in = at.sign_in()
        for _ in range(10):
            for _ in range(30):
                await sign_in.header()
                at.clock.jump(1)
            at.clock.jump(jump)
            jump = -jump
    assert at.service.count("password") == 1
    assert at.service.count("refresh_token") <= 6


async def test_B08_a_token_that_was_refused_is_not_used_again() -> None:
    async with desk() as at:
        sign_in = at.sign_in()
        refused = await sign_in.header()
        at.service.failing = reply(status=503)
        with pytest.raises(ServerFault):
            await sign_in.renew(refused)
        at.clock.jump(-86_400)
        with pytest.raises(ServerFault):
            await sign_in.header()
        at.service.failing = None
        at.clock.jump(86_400 + REST)
        assert (await sign_in.header()).reveal() == "Bearer access-canary-2"


async def test_a_server_that_cannot_renew_is_not_asked_again_at_once() -> None:
    async with desk(lifetime=3600) as at:
        sign_in = at.sign_in()
        await sign_in.header()
        at.clock.jump(4000)
        at.service.failing = reply(status=500)
        for _ in range(10):
            with pytest.raises(ServerFault):
                await sign_in.header()
            at.clock.jump(1)
    assert at.service.count("refresh_token") == 1
