"""Who has signed in: the service's secrets stop at the client."""

from __future__ import annotations

import pytest

from crm_tui.api.client import NexudusClient
from crm_tui.api.errors import BadAnswer, SignInRefused
from tests.api.raw_server import http
from tests.api.test_transport import meeting


async def test_what_the_service_adds_unasked_goes_no_further() -> None:
    body = (
        b'{"Id": 303914611, "FullName": "Ana Ruiz", "AccessToken": "hunter2", "Password": "hunter2",'
        b' "PasswordSalt": "hunter2", "TwoFactorSecret": "hunter2", "refresh_token": "hunter2",'
        b' "ApiKey": "hunter2", "Businesses": [1001], "APIAccess": true, "More": [{"PinCode": "hunter2",'
        b' "Name": "x"}]}'
    )
    async with meeting(http(body)) as (server, transport):
        known = await NexudusClient(transport).who_am_i()
    assert known == {
        "Id": 303914611,
        "FullName": "Ana Ruiz",
        "Businesses": [1001],
        "APIAccess": True,
        "More": [{"Name": "x"}],
    }
    assert server.requests[0].startswith(b"GET /api/auth/me HTTP/1.1\r\n")


async def test_a_refused_sign_in_and_a_strange_answer_are_told_apart() -> None:
    async with meeting(http(b"{}", status="401 Unauthorized")) as (_, transport):
        with pytest.raises(SignInRefused):
            await NexudusClient(transport).who_am_i()
    async with meeting(http(b"[]")) as (_, transport):
        with pytest.raises(BadAnswer):
            await NexudusClient(transport).who_am_i()
