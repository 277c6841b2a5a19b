"""Small answers that unpack to something huge."""

from __future__ import annotations

import gzip
import zlib
from functools import cache
from typing import Final

UNPACKED: Final = 200 * 1024 * 1024
"""Bytes that a bomb holds."""


def _packed(wbits: int) -> bytes:
    packer = zlib.compressobj(wbits=wbits)
    block = bytes(1024 * 1024)
    count = UNPACKED // len(block)
    return b"".join(packer.compress(block) for _ in range(count)) + packer.flush()


@cache
def gzip_bomb() -> bytes:
    """Pack 200 MB of nothing into some 200 kB."""
    return _packed(31)


def deflate_bomb() -> bytes:
    """Pack the same in the other usual way."""
    return _packed(15)


def nested_bomb() -> bytes:
    """Pack a bomb once more."""
    return gzip.compress(gzip_bomb())
