"""JSON in and out, with every digit of a number kept. Knows nothing of records or HTTP.

Numbers with a point or an exponent are Decimal on both sides, so `0.10` stays `0.10` and
`12345678901234567.89` does not become a neighbouring float.
"""

import json
import re
import secrets
from decimal import Decimal
from typing import Any, NoReturn

Json = dict[str, Any]
"""A JSON object: text keys, values of JSON's own kinds with Decimal in place of float."""

# The C encoder of the standard library has no way to write a Decimal as a number. It can write an object
# though: each Decimal goes out as an object with one key that nobody can know, and is unwrapped in the text.
_MARK = secrets.token_hex(16)
_MARKED = re.compile(rf'\{{"{_MARK}":"([^"]+)"\}}')


class WireError(ValueError):
    """The text is not JSON as the sandbox reads it."""


def loads(text: bytes | str) -> Any:
    """Read one JSON document. Raises WireError for anything else, NaN and endless nesting included."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise WireError(f"not JSON: {error}") from error


def dumps(document: Any) -> bytes:
    """Write a JSON document as compact UTF-8; Decimal becomes a number with all its digits."""
    text = json.dumps(
        document, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_mark
    )
    # Half of a surrogate pair, which JSON can spell and UTF-8 cannot, goes out spelled as it came in.
    return _MARKED.sub(r"\1", text).encode(errors="backslashreplace")


def _mark(value: object) -> dict[str, str]:
    if isinstance(value, Decimal):
        return {_MARK: str(value)}
    raise TypeError(f"{type(value).__name__} is not a JSON value")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
