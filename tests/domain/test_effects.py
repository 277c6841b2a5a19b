"""What entering a stage does: how grave it is, and in which words."""

from __future__ import annotations

import pytest

from crm_tui.domain.effects import Effect, Severity, effects_in_words, effects_of, severity_of
from crm_tui.domain.offers import CannedNote, Offers, TaskList
from crm_tui.domain.rows import Stage
from crm_tui.structs import replace
from tests.domain.rows import a_stage

PLAIN = a_stage(10)
ALL = Stage(
    *(11, 1, "All", 0, "GBP"),
    wins=True,
    loses=True,
    macro_id=5,
    task_list_id=6,
    confirms_tour=True,
    activates_account=True,
    deactivates_account=True,
    deletes_customer=True,
)
OFFERS = Offers(
    notes=(CannedNote(5, "Tour follow-up", "Hi"), CannedNote(7, " ", "")),
    task_lists=(
        TaskList(6, "Proposal", 3),
        TaskList(8, "", 1),
        TaskList(9, "Proposal", None),
        TaskList(10, "", None),
    ),
)
NOBODY = Offers()


def test_effects_come_gravest_first() -> None:
    assert effects_of(PLAIN) == ()
    assert effects_of(ALL) == tuple(Effect)
    alone = [
        severity_of(stage)
        for stage in (
            replace(PLAIN, deletes_customer=True),
            replace(PLAIN, deactivates_account=True),
            replace(PLAIN, activates_account=True),
            replace(PLAIN, macro_id=5),
            replace(PLAIN, confirms_tour=True),
            replace(PLAIN, task_list_id=6),
            replace(PLAIN, wins=True),
            replace(PLAIN, loses=True),
            PLAIN,
        )
    ]
    assert alone == sorted(alone, reverse=True)
    assert alone[0] == severity_of(ALL) == Severity.FINAL
    assert alone[-1] == Severity.NONE


@pytest.mark.parametrize(
    ("macro_id", "task_list_id", "said"),
    [
        (None, None, ""),
        (5, None, "sends 'Tour follow-up'"),
        (5, 6, "sends 'Tour follow-up', makes 3 tasks of 'Proposal'"),
        (None, 8, "makes 1 task"),
        (None, 9, "makes the tasks of 'Proposal'"),
        (None, 10, "makes tasks"),
        (7, None, "sends a message"),  # it has no name
        (99, 99, "sends a message, makes tasks"),  # both are newer than what is known
    ],
)
def test_messages_and_tasks_are_named_where_their_names_are_known(
    macro_id: int | None, task_list_id: int | None, said: str
) -> None:
    stage = replace(PLAIN, macro_id=macro_id, task_list_id=task_list_id)
    assert effects_in_words(stage, OFFERS) == said
    flags = ["sends a message"] * (macro_id is not None) + ["makes tasks"] * (
        task_list_id is not None
    )
    assert effects_in_words(stage, NOBODY) == ", ".join(flags)


def test_only_what_goes_beyond_a_severity_is_said() -> None:
    assert effects_in_words(ALL, NOBODY) == ", ".join(Effect)
    beyond = effects_in_words(ALL, NOBODY, above=Severity.OUTCOME)
    assert beyond == ", ".join(Effect).removesuffix(", marks it won, marks it lost")
    assert effects_in_words(ALL, NOBODY, above=Severity.CUSTOMER) == Effect.DELETES
    assert effects_in_words(ALL, NOBODY, above=Severity.FINAL) == ""


def test_a_long_name_leaves_room_for_what_comes_behind_it() -> None:
    offers = Offers(
        notes=(CannedNote(5, "word " * 50, ""),), task_lists=(TaskList(6, "x" * 41, 12),)
    )
    said = effects_in_words(replace(PLAIN, macro_id=5, task_list_id=6), offers)
    assert said == f"sends '{('word ' * 8)[:39]}…', makes 12 tasks of '{'x' * 39}…'"
