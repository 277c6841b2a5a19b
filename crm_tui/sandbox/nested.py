"""Records in the shape that the samples of the old reference suggest: relations as objects below bare names.

Inferred, because those samples show the bare names and nothing but null in them. Pure.
"""

from crm_tui.sandbox.fields import Entity, Kind
from crm_tui.sandbox.wire import Json


def nested(entity: Entity, record: Json) -> Json:
    """Give a flat record nested: `CoworkerId` and `CoworkerEmail` become `Coworker: {Id, Email}` or null.

    Fields that the old reference does not have are left out; base fields stay, because a record without an
    Id could not be used.
    """
    relations = [
        field.name.removesuffix("Id")
        for field in entity.fields
        if field.kind is Kind.INTEGER and field.name.endswith("Id") and field.name != "Id"
        if field.name.removesuffix("Id") in field.filters
    ]
    # The longest first, so that what belongs to OldCrmBoardColumn is not taken for another relation's.
    relations.sort(key=len, reverse=True)
    shaped: Json = {}
    for name, value in record.items():
        if name in entity.unknown_to_v1:
            continue
        relation = next(
            (each for each in relations if name.startswith(each) and name != each), None
        )
        if relation is None:
            shaped[name] = value
        elif record[f"{relation}Id"] is None:
            shaped[relation] = None
        else:
            shaped.setdefault(relation, {})[name.removeprefix(relation)] = value
    return shaped
