"""What the README shows, so that tests read and run the very same text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

README: Final = Path(__file__).parents[1] / "README.md"


def settings_example() -> str:
    """Give the settings.toml of the README."""
    blocks: list[str] = re.findall(
        r"^```toml\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL
    )
    (found,) = (block for block in blocks if "density" in block)
    return found
