"""Writes the operator of `world`, `people` and `library` into a new database: all that is not numerous."""

from random import Random

from crm_tui.sandbox.entities import ENTITIES, STAGE_FLAGS
from crm_tui.sandbox.library import CHECKLISTS, COUNTRIES, CUSTOM_FIELDS, GROUPS, MACROS
from crm_tui.sandbox.people import ACCOUNTS, PASSWORD
from crm_tui.sandbox.roles import ACTIONS
from crm_tui.sandbox.rows import Rows, rising_ids
from crm_tui.sandbox.stories import DAY
from crm_tui.sandbox.times import from_epoch
from crm_tui.sandbox.wire import dumps
from crm_tui.sandbox.world import BOARDS, LOCATIONS, stage_id

_OPPORTUNITIES = 4
"""Among the kinds of record that have custom fields."""


def found(rows: Rows, now: int) -> None:
    """Write everything that does not depend on how many opportunities there are; `now` in seconds."""
    founded = from_epoch(now - 900 * DAY)
    _operator(rows, founded, last_access=from_epoch(now - DAY))
    _boards(rows, founded)
    _library(rows, founded)
    _roles(rows, founded)


def _operator(rows: Rows, founded: str, last_access: str) -> None:
    """Write currencies, zones, locations, types, users."""
    rows.insert(
        "currencies",
        "Name, Code, Format",
        [(*rows.base(each.currency[0], founded), *each.currency[1:]) for each in LOCATIONS],
    )
    rows.insert(
        "simpletimezones",
        "Name, Iana, Description, TimeOffset, UsesSummerTime",
        [
            (*rows.base(each.zone[0], founded), *each.zone[1:], each.offset_hours, 1)
            for each in LOCATIONS
        ],
    )
    rows.insert(
        "businesses",
        "Name, RootLocationId, WebAddress, CurrencyId, CountryId, CountryName, SimpleTimeZoneId,"
        " TownCity",
        [
            (
                *rows.base(each.id, founded),
                *(each.name, LOCATIONS[0].id, each.web_address, each.currency[0]),
                *(*each.country, each.zone[0], each.town),
            )
            for each in LOCATIONS
        ],
    )
    rows.insert(
        "opportunitytypes",
        "BusinessId, Name, NotesTemplate",
        [
            (*rows.base(type_id, founded), each.id, name, f"{name}\n- Budget:\n- Start:")
            for each in LOCATIONS
            for type_id, name in each.types
        ],
    )
    rows.insert(
        "users",
        "FullName, Email, Password, TwoFactorSecret, Active, IsAdmin, APIAccess, DefaultBusinessId,"
        " Businesses, UserRoles, LastAccess",
        [
            (
                *rows.base(each.id, founded),
                *(each.full_name, each.email, PASSWORD, each.secret),
                *(int(each.is_active), int(each.is_admin), int(each.has_api_access)),
                LOCATIONS[each.location].id,
                dumps([LOCATIONS[place].id for place in each.locations]).decode(),
                dumps(list(each.groups)).decode(),
                last_access if each.is_active and each.has_api_access else None,
            )
            for each in ACCOUNTS
        ],
    )


def _boards(rows: Rows, founded: str) -> None:
    """Write boards and stages."""
    rows.insert(
        "crmboards",
        "BusinessId, Name, Archived",
        [
            (
                *rows.base(board.id, founded),
                *(LOCATIONS[board.location].id, board.name, int(board.archived)),
            )
            for board in BOARDS
        ],
    )
    rows.insert(
        "crmboardcolumns",
        f"CrmBoardId, Name, Position, CannedResponseId, TaskListId, {', '.join(STAGE_FLAGS)}",
        [
            (
                *rows.base(stage_id(board, place), founded),
                *(board.id, stage.name, place, stage.canned_response, stage.task_list),
                *(int(flag in stage.flags) for flag in STAGE_FLAGS),
            )
            for board in BOARDS
            for place, stage in enumerate(board.stages)
        ],
    )


def _library(rows: Rows, founded: str) -> None:
    """Write countries, macros, task lists with their items, custom fields."""
    rows.insert(
        "countries",
        "Name, TwoDigitsCode, Culture",
        [(*rows.base(each[0], founded), *each[1:]) for each in COUNTRIES],
    )
    rows.insert(
        "cannedresponses",
        "BusinessId, Name, Subject, MessageText",
        [
            (
                *rows.base(each.id, founded),
                *(LOCATIONS[each.location].id, each.name, each.subject, each.text),
            )
            for each in MACROS
        ],
    )
    rows.insert(
        "tasklists",
        "BusinessId, Name, Active, AssignToNewContacts, AssignToNewMembers, AssignToCancellations",
        [
            (
                *rows.base(each.id, founded),
                *(LOCATIONS[each.location].id, each.name, int(each.active), 0, 0),
                int(not each.active),
            )
            for each in CHECKLISTS
        ],
    )
    rows.insert(
        "taskitems",
        "TaskListId, ResponsibleId, Name, DelayInHours, Active, NotifyByEmail, DisplayToEveryone",
        [
            (
                # Ids follow those of their list, so that a task can be told its item's.
                *rows.base(each.id + 1 + place, founded),
                *(each.id, ACCOUNTS[item.owner].id, item.name, item.delay_hours),
                *(int(item.active), int(item.notify), 1),
            )
            for each in CHECKLISTS
            for place, item in enumerate(each.items)
        ],
    )
    rows.insert(
        "customfields",
        "BusinessId, Name, DisplayOrder, RecordType, FieldType, AvailableOptions, AllowMultipleOptions,"
        " CustomFieldIndex, Required, GroupName, Visibility",
        [
            (
                *rows.base(each.id, founded),
                *(LOCATIONS[each.location].id, each.name, place, _OPPORTUNITIES, each.field_type),
                *(each.options, 0, 1 + place, int(each.required), None, each.visibility),
            )
            for place, each in enumerate(CUSTOM_FIELDS)
        ],
    )


def _roles(rows: Rows, founded: str) -> None:
    """Write the five roles of every entity, and the user roles that bundle them."""
    ids = rising_ids(Random(0), 770_600_100)  # noqa: S311 - gaps that must repeat themselves
    roles = {(entity.name, action): next(ids) for entity in ENTITIES for action in ACTIONS}
    rows.insert(
        "roles",
        "Name",
        [(*rows.base(role_id, founded), "-".join(role)) for role, role_id in roles.items()],
    )
    rows.insert(
        "userroles",
        "BusinessId, Name, Roles, Users",
        [
            (
                *(*rows.base(group.id, founded), LOCATIONS[group.location].id, group.name),
                dumps(
                    [
                        role_id
                        for (entity, action), role_id in roles.items()
                        if action in group.actions
                        and (entity in group.entities or not group.entities)
                    ]
                ).decode(),
                dumps([each.id for each in ACCOUNTS if group.id in each.groups]).decode(),
            )
            for group in GROUPS
        ],
    )
