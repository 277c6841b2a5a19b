"""Codes of six digits that change every half minute, by RFC 6238 with its defaults: SHA-1, 30 seconds.

Pure; knows neither users nor the clock.
"""

import base64
import hmac

STEP = 30
"""Seconds that a code lasts."""

_DIGITS = 6


def code(secret: str, moment: float) -> str:
    """Give the code of a base32 secret at a moment in seconds since 1970 UTC."""
    counter = int(moment // STEP).to_bytes(8, "big")
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}}"


def is_right(secret: str, given: str, moment: float) -> bool:
    """Say whether a code is the secret's now, or was or will be one step away, for clocks that differ."""
    return any(
        hmac.compare_digest(code(secret, moment + shift).encode(), given.encode())
        for shift in (-STEP, 0, STEP)
    )
