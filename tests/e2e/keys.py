"""Names of keys, and the bytes that an xterm sends for them."""

_PLAIN = {
    "enter": b"\r",
    "escape": b"\x1b",
    "tab": b"\t",
    "space": b" ",
    "backspace": b"\x7f",
    "shift+tab": b"\x1b[Z",
    "ctrl+space": b"\x00",
}
_LETTERED = {"up": "A", "down": "B", "right": "C", "left": "D", "home": "H", "end": "F"}
_NUMBERED = {"insert": 2, "delete": 3, "pageup": 5, "pagedown": 6}
_FUNCTION = dict(zip(range(5, 13), (15, 17, 18, 19, 20, 21, 23, 24), strict=True))
_MODIFIERS = {"shift": 1, "alt": 2, "ctrl": 4}


def key_bytes(name: str) -> bytes:
    """Return what the key called *name* sends: `j`, `G`, `enter`, `ctrl+c`, `shift+f5`, `alt+x`."""
    if len(name) == 1:
        return name.encode()
    if name in _PLAIN:
        return _PLAIN[name]
    *held, key = name.split("+")
    modifier = 1 + sum(_modifier(word, name) for word in held)
    if key in _LETTERED:
        final = _LETTERED[key]
        return f"\x1b[1;{modifier}{final}".encode() if held else f"\x1b[{final}".encode()
    number = _NUMBERED.get(key) or _function_number(key)
    if number:
        return (f"\x1b[{number};{modifier}~" if held else f"\x1b[{number}~").encode()
    if key in ("f1", "f2", "f3", "f4"):
        final = "PQRS"[int(key[1]) - 1]
        return f"\x1b[1;{modifier}{final}".encode() if held else f"\x1bO{final}".encode()
    if held[:1] == ["alt"]:
        return b"\x1b" + key_bytes("+".join([*held[1:], key]))
    if held == ["ctrl"] and len(key) == 1 and "@" <= key.upper() <= "_":
        return bytes([ord(key.upper()) & 0x1F])
    raise ValueError(f"no key is called {name!r}")


def pasted(text: str) -> bytes:
    """Return what a terminal sends for pasted *text* where the program asked for brackets."""
    return b"\x1b[200~" + text.encode() + b"\x1b[201~"


def _modifier(word: str, name: str) -> int:
    if word not in _MODIFIERS:
        raise ValueError(f"no key is called {name!r}")
    return _MODIFIERS[word]


def _function_number(key: str) -> int | None:
    if key.startswith("f") and key[1:].isdigit():
        return _FUNCTION.get(int(key[1:]))
    return None
