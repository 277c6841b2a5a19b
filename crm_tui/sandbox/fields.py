"""The vocabulary in which entities are described: fields, what a body may set, and short ways to write them.

Holds no facts about any entity; those are in `entities`.
"""

from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """How a column's content is turned into JSON, and how a query value is read."""

    INTEGER = auto()
    TEXT = auto()
    DECIMAL = auto()
    BOOLEAN = auto()
    TIME = auto()
    LOCAL_TIME = auto()
    """A location's wall clock, without a zone."""
    JSON = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a record on the wire."""

    name: str
    """The wire name."""
    kind: Kind
    """How the value is read and written."""
    sql: str
    """The expression that gives the value, over the entity's joined tables."""
    filters: tuple[str, ...]
    """The names of its query parameters without the entity's prefix; empty when there is no filter."""
    ranged: bool
    """Whether `from_` and `to_` work."""
    listed: bool
    """Whether list rows carry it."""


@dataclass(frozen=True, slots=True)
class Writable:
    """One field that a body may set; its column has the same name."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    refers_to: str | None = None
    """The entity that must have a record with this id."""
    one_of: tuple[int, ...] = ()
    """The only values, where others are refused."""
    default: int | None = None
    """What a record is created with when the body leaves it out."""
    empty: str | None = None
    """What is stored in place of nothing."""
    v1_default: int | None = None
    """What the old reference puts in place of a missing value that is required by now."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of record with its address and its source."""

    name: str
    """The service's name, which is also the prefix of its query parameters and of its roles."""
    path: str
    """Where it lives below /api, in lower case; the last part is also the name of its table."""
    source: str
    """The FROM clause; the entity's own table is `r`, joins are LEFT so that unused ones cost nothing."""
    fields: tuple[Field, ...]
    """In the order of the record's keys."""
    order: str = "Id"
    """What a list is ordered by when nothing is asked for."""
    place: str | None = None
    """The expression that gives the record's location, or None when it belongs to none."""
    seen_where: str = ""
    """The condition for being seen where it is not `place IN …`; `{places}` stands for the user's locations."""
    writable: tuple[Writable, ...] = ()
    """Everything that a POST or PUT sets; other keys of a body are ignored."""
    verbs: frozenset[str] = frozenset()
    """Which of create, replace and delete there are."""
    held_by: tuple[tuple[str, str], ...] = ()
    """Tables and columns that keep a record from being deleted while they refer to it."""
    audited: bool = False
    """Whether changes leave entries in the audit trail."""
    unknown_to_v1: frozenset[str] = frozenset()
    """Fields that the old reference does not have."""

    @property
    def table(self) -> str:
        """The name of the entity's own table."""
        return self.path.rpartition("/")[2]


def field(
    name: str,
    kind: Kind = Kind.TEXT,
    sql: str | None = None,
    *,
    by: str | tuple[str, ...] = (),
    ranged: bool = False,
    listed: bool = True,
) -> Field:
    """Describe a field; without `sql` it is a column of the entity's own table, without `by` no filter."""
    filters = (by,) if isinstance(by, str) else by
    return Field(name, kind, sql or f"r.{name}", filters, ranged, listed)


def own(
    *names: str, kind: Kind = Kind.TEXT, ranged: bool | None = None, listed: bool = True
) -> tuple[Field, ...]:
    """Describe columns of the entity's own table that are filtered by their own names.

    Dates and decimals have ranges, as documented; integers only where it is said, because most are
    enumerations.
    """
    has_range = kind in (Kind.TIME, Kind.DECIMAL) if ranged is None else ranged
    return tuple(field(name, kind, by=name, ranged=has_range, listed=listed) for name in names)


def key(name: str, *, also: tuple[str, ...] = ()) -> Field:
    """Describe a foreign key: `CoworkerId` in the record, `Coworker` as a filter, and `also` others."""
    return field(name, Kind.INTEGER, by=(name.removesuffix("Id"), *also))


def through(relation: str, alias: str, *names: str, kind: Kind = Kind.TEXT) -> tuple[Field, ...]:
    """Describe what a relation brings along: `Coworker_Email` as a filter, `CoworkerEmail` in the record."""
    prefix = relation.replace("_", "")
    return tuple(
        field(f"{prefix}{name}", kind, f"{alias}.{name}", by=f"{relation}_{name}") for name in names
    )


UNIQUE_ID = field("UniqueId")
"""The one base field that is filtered by its bare name, without the entity's."""


def base(label: str) -> tuple[Field, ...]:
    """Describe the base fields of every record; `label` is the expression behind ToStringText."""
    return (
        field("Id", Kind.INTEGER),
        UNIQUE_ID,
        field("CreatedOn", Kind.TIME, by="CreatedOn", ranged=True),
        field("UpdatedOn", Kind.TIME, by="UpdatedOn", ranged=True),
        field("UpdatedBy"),
        field("IsNew", Kind.BOOLEAN, "0"),
        field("SystemId", by="SystemId"),
        field("ToStringText", sql=label),
        field("LocalizationDetails", sql="NULL", listed=False),
        field("CustomFields", Kind.JSON, listed=False),
    )


def sets(*names: str, kind: Kind = Kind.TEXT) -> tuple[Writable, ...]:
    """Describe fields that a body may set or leave out."""
    return tuple(Writable(name, kind) for name in names)


def needs(*names: str, kind: Kind = Kind.TEXT) -> tuple[Writable, ...]:
    """Describe fields that a body must set."""
    return tuple(Writable(name, kind, required=True) for name in names)


def refers(name: str, to: str, *, required: bool = False) -> Writable:
    """Describe a foreign key that a body sets."""
    return Writable(name, Kind.INTEGER, required, to)


ALL_VERBS = frozenset({"create", "replace", "delete"})
"""For `Entity.verbs`."""

BASE_WRITABLE = (Writable("SystemId"), Writable("CustomFields", Kind.JSON))
"""What every record lets be set."""
