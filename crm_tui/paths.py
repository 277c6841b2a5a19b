"""Where the program's files live; no other module invents a path.

Folders of our own are made private in the call that makes them, never widened or narrowed afterwards.
Nothing is made by asking where it would be: only the ``make_…`` functions touch the disk.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Final

import platformdirs

APP: Final = "crm-tui"

DEMO: Final = "demo"
"""By what the demo's files are called that a profile has too; it is no profile itself."""

_MAX_SOCKET_PARENT: Final = 70
"""Bytes; with our folder and file name it stays under the 108, or 104, that an address holds."""

_MAX_NAME: Final = 40
"""Characters of a profile's name that a file name takes over."""

_MAX_ABOUT: Final = 100
"""Bytes that what an export is about takes in its file's name; a name holds 255."""

_PACKAGE: Final = Path(__file__).resolve().parent


def styles_dir() -> Path:
    """Give the folder of style sheets: inside an installed package, else beside it in a checkout."""
    installed = _PACKAGE / "styles"
    return installed if installed.is_dir() else _PACKAGE.parent / "styles"


def demo_database() -> Path:
    """Give the file in which the demo's sandbox keeps its data between runs."""
    return Path(platformdirs.user_data_dir(APP)) / "demo.sqlite3"


def demo_log() -> Path:
    """Give the file that takes what the demo's sandbox says when it fails."""
    return Path(platformdirs.user_state_dir(APP)) / "demo.log"


def crash_file() -> Path:
    """Give the file that tells the last fault of the program, for whoever mends it."""
    return Path(platformdirs.user_state_dir(APP)) / "crash.txt"


def demo_mirror() -> Path:
    """Give the file that mirrors the demo's book; it may be deleted at any time."""
    return Path(platformdirs.user_cache_dir(APP)) / "demo.sqlite3"


def sandbox_database() -> Path:
    """Give the file in which ``crm-tui sandbox`` keeps its data between runs."""
    return Path(platformdirs.user_data_dir(APP)) / "sandbox.sqlite3"


def profiles_file() -> Path:
    """Give the file in which the user's profiles are written."""
    return Path(platformdirs.user_config_dir(APP)) / "profiles.toml"


def settings_file() -> Path:
    """Give the file in which the user's settings are written."""
    return Path(platformdirs.user_config_dir(APP)) / "settings.toml"


def views_file() -> Path:
    """Give the file in which the user's saved views are written."""
    return Path(platformdirs.user_config_dir(APP)) / "views.toml"


def good_views_file() -> Path:
    """Give the file that keeps the last saved views that were whole."""
    return Path(platformdirs.user_state_dir(APP)) / "views.good.toml"


def good_profiles_file() -> Path:
    """Give the file that keeps the last profiles that were whole."""
    return Path(platformdirs.user_state_dir(APP)) / "profiles.good.toml"


def mirror_file(profile_name: str) -> Path:
    """Give the file that mirrors a profile's book; it may be deleted at any time."""
    return Path(platformdirs.user_cache_dir(APP)) / f"book-{_file_name(profile_name)}.sqlite3"


def journal_file(profile_name: str) -> Path:
    """Give the file that keeps what is to be sent for a profile, and what became of it."""
    return Path(platformdirs.user_state_dir(APP)) / f"journal-{_file_name(profile_name)}.sqlite3"


def places_file(profile_name: str) -> Path:
    """Give the file that keeps where somebody was on each screen of a profile; it may be deleted at any time."""
    return Path(platformdirs.user_state_dir(APP)) / f"places-{_file_name(profile_name)}.json"


def sittings_file(profile_name: str) -> Path:
    """Give the file that keeps what the sittings of a profile came to; it may be deleted at any time."""
    return Path(platformdirs.user_state_dir(APP)) / f"sittings-{_file_name(profile_name)}.json"


def habits_file(profile_name: str) -> Path:
    """Give the file that keeps what is chosen how often for a profile; it may be deleted at any time."""
    return Path(platformdirs.user_state_dir(APP)) / f"habits-{_file_name(profile_name)}.json"


def export_file(day: str, about: str, ending: str) -> Path:
    """Give the file for an export that the program has to name: of a day, about something, with an ending.

    `about` is foreign text: only its letters and digits get into the name.  The folder is the user's own for
    documents, else the one for downloads, else their home.
    """
    words = "-".join(re.findall(r"\w+", about[:_MAX_ABOUT]))
    while len(words.encode(errors="replace")) > _MAX_ABOUT:
        words = words[:-1]
    folders = (platformdirs.user_documents_path(), platformdirs.user_downloads_path())
    folder = next((each for each in folders if each.is_dir()), Path.home())
    return folder / ("-".join(filter(None, ("opportunities", day, words))) + ending)


def _file_name(profile_name: str) -> str:
    """Profiles are named freely: take the letters and digits of the name, and what tells alike ones apart."""
    letters = re.sub(r"[^A-Za-z0-9-]", "_", profile_name)[:_MAX_NAME]
    sure = sha256(profile_name.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{letters}-{sure}"


def pace_file(account: str) -> Path:
    """Give the file in which all our windows on one account count their requests; it keeps a day's writes."""
    return Path(platformdirs.user_state_dir(APP)) / f"pace-{account}"


def tokens_file(account: str, client_id: str) -> Path | None:
    """Give the file that keeps an account's tokens while the user's session lasts, for one installation.

    It lies in the session's runtime folder, in memory on most systems and gone with the session; there is none
    when that folder is not truly ours.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return Path(runtime) / APP / f"tokens-{account}-{client_id}" if _is_ours(runtime) else None


def make_private_parent(path: Path) -> Path:
    """Make the folder of `path` and those above it, readable by their owner alone, and give `path` back.

    Raises `OSError` when it cannot be made.
    """
    # Not `parents=True`, which makes those above as open as the umask lets it.
    missing = [folder for folder in path.parents if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
    return path


def make_socket_dir() -> Path:
    """Make a fresh private folder for a Unix socket; its caller removes it.

    The session's runtime folder serves when it is truly ours (right owner, closed to others); the
    address of a Unix socket is short, so a deep one is passed over for the system's temporary folder.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    parents = [runtime] if _is_ours(runtime) else []
    for parent in (*parents, tempfile.gettempdir()):
        if len(os.fsencode(parent)) <= _MAX_SOCKET_PARENT:
            return Path(tempfile.mkdtemp(prefix="crm-tui-", dir=parent))
    return Path(tempfile.mkdtemp(prefix="crm-tui-", dir="/tmp"))


def _is_ours(folder: str) -> bool:
    """Say whether a folder belongs to this user alone."""
    if not folder:
        return False
    try:
        status = os.stat(folder)
    except OSError:
        return False
    return (
        stat.S_ISDIR(status.st_mode)
        and status.st_uid == os.getuid()
        and not status.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    )
