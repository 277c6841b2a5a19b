"""The older nested form of a record, read and written as the newer flat one.  Pure shape: no field has a meaning here.

The older reference nests relations (`Coworker: {Id, FullName}`, or just `Coworker: 17`); the newer one flattens
them (`CoworkerId`, `CoworkerFullName`), and names its own fields alike.  Both take the flat ids in what is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_DEEPEST: Final = 6
"""Relations of relations that are followed; the service needs five (… `CrmBoard.Business.Currency.Code`)."""


def flattened(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a record with its nested relations spelled flat; a flat key that is there already wins.

    A flat record comes back as it is, uncopied: lists of thousands pass through here, and are told by their types.
    """
    if dict not in map(type, record.values()):
        return _with_bare_ids(record)
    result = dict(record)
    _flatten(result, record, "", 0)
    return _with_bare_ids(result)


def _flatten(into: dict[str, Any], record: Mapping[str, Any], prefix: str, depth: int) -> None:
    for key, value in record.items():
        name = prefix + key
        if isinstance(value, dict) and depth < _DEEPEST:
            _flatten(into, value, name, depth + 1)
        elif prefix:
            into.setdefault(name, value)


_RELATIONS: Final = frozenset((
    "CrmBoardColumn", "CrmBoard", "Coworker", "Team", "OpportunityType", "Responsible", "Referrer",
    "Agent", "Business", "User", "TaskList", "CannedResponse", "CrmOpportunity", "InvoicingBusiness",
    "Country", "SimpleTimeZone", "IssuedBy",
))  # fmt: skip


def _with_bare_ids(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read `Coworker: 17` as `CoworkerId: 17`."""
    bare = {
        f"{name}Id": record[name]
        for name in _RELATIONS & record.keys()
        if f"{name}Id" not in record
        and isinstance(record[name], (int, str))
        and not isinstance(record[name], bool)
    }
    return {**record, **bare} if bare else record


def with_flat_ids(record: Mapping[str, Any]) -> dict[str, Any]:
    """Give a record as it may be written: each nested relation is its flat id, in the same place.

    The nested form must not stay beside the id, for a server that reads both would not know which one was
    changed.  Everything else is left as it came, and so is a relation whose flat id is there already.
    """
    written: dict[str, Any] = {}
    for key, value in record.items():
        is_relation = key in _RELATIONS and f"{key}Id" not in record
        if is_relation and isinstance(value, dict) and "Id" in value:
            written[f"{key}Id"] = value["Id"]
        elif is_relation and (value is None or isinstance(value, (int, str))):
            written[f"{key}Id"] = value
        else:
            written[key] = value
    return written
