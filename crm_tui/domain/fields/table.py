"""All fields of the filter language.  To let people filter by one more, add a line here or in its kind's room."""

from __future__ import annotations

from typing import Final

from crm_tui.domain.fields.choices import CHOICES
from crm_tui.domain.fields.days import DAYS
from crm_tui.domain.fields.field import Field
from crm_tui.domain.fields.numbers import NUMBERS
from crm_tui.domain.fields.predicates import IS
from crm_tui.domain.fields.relations import RELATIONS, relation
from crm_tui.domain.fields.texts import guid, text

_TEXTS: Final = (
    text("customer", "customer", "noor", about_id="customer_id"),
    text("company", "company", "acme"),
    text("email", "email", "@example.com"),
    text("name", "name", "studio"),
    text("notes", "notes", "parking"),
    text("currency", "currency", "GBP", about_id="currency_id", whole=True),
    text("team_description", "team_description", "design"),
    text("team_website", "team_website", "example.com"),
    text("utm_source", "utm_source", "newsletter"),
    text("utm_medium", "utm_medium", "email"),
    text("utm_campaign", "utm_campaign", "spring"),
    text("utm_content", "utm_content", "banner"),
    text("utm_term", "utm_term", "office"),
    text("system", "system_id", "A-17"),
    guid("guid", "unique_id"),
)

_ALL: Final = (*CHOICES, *map(relation, RELATIONS), *DAYS, *NUMBERS, *_TEXTS, IS)

_FIRST: Final = ("status", "owner", "due", "value", "stage", "is")
"""What is asked for most, which help and messages begin with."""

FIELDS: Final[dict[str, Field]] = {
    each.name: each
    for each in sorted(
        _ALL, key=lambda each: _FIRST.index(each.name) if each.name in _FIRST else len(_FIRST)
    )
}
"""Name → field, in the order in which help lists them."""
