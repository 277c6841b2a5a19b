"""A throw-away home for a program under test, so that no run sees or touches the person's own files."""

import os
from collections.abc import Mapping
from pathlib import Path

_KEPT = ("PATH", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "LD_LIBRARY_PATH", "SYSTEMROOT")
_KEPT_PREFIXES = ("PIP_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy")

FOLDERS = {
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "XDG_CONFIG_HOME": ".config",
    "XDG_CACHE_HOME": ".cache",
    "XDG_RUNTIME_DIR": "run",
}


BOARD_FIRST = 'start = "board"\n'
"""Settings with which the program stays on the board when the whole book has come."""


def throwaway_environment(
    home: Path, *, settings: str = BOARD_FIRST, **more: str
) -> dict[str, str]:
    """Return an environment whose HOME and XDG folders lie under *home* and are empty at first.

    The settings are these, or none at all.

    The terminal is called xterm-256color with true colour and UTF-8. Nothing else of the caller's
    environment comes along but the search path and what pip needs to reach its index.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or name.startswith(_KEPT_PREFIXES)
    }
    environment = {
        **kept,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        **{name: str(home / folder) for name, folder in FOLDERS.items()},
    }
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    Path(environment["XDG_RUNTIME_DIR"]).mkdir(mode=0o700, exist_ok=True)
    if settings:
        write_settings(environment, settings)
    return environment | more


def write_settings(environment: Mapping[str, str], text: str) -> Path:
    """Have the program find these settings; without a word about it, it stays on the board."""
    path = Path(environment["XDG_CONFIG_HOME"]) / "crm-tui" / "settings.toml"
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
    path.touch(0o600)
    path.write_text(text if "start =" in text else BOARD_FIRST + text)
    return path
