"""Secrets that do not show, and the header made of user and password (row C09)."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import json
import pickle
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.api.auth import Basic, Secret
from crm_tui.api.errors import SignInRefused

SECRETS = st.text(min_size=4).map(lambda text: f"canary-{text}")


@given(SECRETS)
def test_C09_a_secret_shows_itself_to_nobody(value: str) -> None:
    secret = Secret(value)
    signing = Basic("ana@example.com", secret)
    error = ValueError(secret, signing)
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:>30}",
        "%s %r" % (secret, signing),  # noqa: UP031 - one more way to become text
        repr([secret]),
        repr(signing),
        str(error),
        repr(error),
        repr(error.args),
    ]
    assert not any("canary" in text for text in shown)
    assert secret.reveal() == value


@given(SECRETS)
def test_C09_a_secret_is_not_written_down_by_accident(value: str) -> None:
    signing = Basic("ana@example.com", Secret(value))
    for write in (pickle.dumps, json.dumps, copy.deepcopy, dataclasses.asdict):
        with pytest.raises(TypeError) as caught:
            write(signing)
        assert "canary" not in repr(caught.value)
    with pytest.raises(TypeError):
        copy.copy(signing.password)


async def test_a_password_goes_out_as_the_bytes_that_were_typed() -> None:
    header = await Basic("ana@example.com", Secret("p\u00e4ss:\udcff")).header()
    sent = b64decode(header.reveal().removeprefix("Basic "))
    assert sent == "ana@example.com:p\u00e4ss:".encode() + b"\xff"


async def test_a_user_named_in_another_encoding_goes_out_in_the_bytes_it_was_typed_in() -> None:
    user = b"an\xe4".decode(errors="surrogateescape")
    header = (await Basic(user, Secret("b")).header()).reveal()
    assert b64decode(header.removeprefix("Basic ")) == b"an\xe4:b"


def test_C09_a_password_that_is_no_text_is_refused_without_repeating_it() -> None:
    with pytest.raises(SignInRefused) as caught:
        asyncio.run(Basic("ana@example.com", Secret("canary\ud800")).header())
    assert "canary" not in repr(caught.value)
    assert caught.value.__suppress_context__


async def test_a_password_has_nothing_newer() -> None:
    signing = Basic("ana@example.com", Secret("sandbox"))
    assert not await signing.renew(await signing.header())
