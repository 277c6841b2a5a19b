"""What values are made of: the one door to msgspec's structs, for whoever needs plain values.

A struct is what a slotted, frozen dataclass would be, and is made in a fortieth of its time: there are more than a
hundred of them, and as dataclasses they would take a quarter of a start.  Nothing here reads or writes JSON.
"""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import asdict, fields, replace

__all__ = ["Struct", "asdict", "field", "fields", "replace"]
