"""Changes: what they assign, and that the inverse takes them back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.change import Change, Part, Place, Set, Value

FIELDS = ("name", "value", "owner_id", "stage_id", "position")

values = st.one_of(st.none(), st.integers(0, 5), st.text(max_size=3))


@st.composite
def a_record_and_a_change(draw: st.DrawFn) -> tuple[dict[str, Value], Change]:
    """Draw a record and a change that was made by somebody who saw it."""
    record: dict[str, Value] = {field: draw(values) for field in FIELDS}
    record["stage_id"], record["position"] = draw(st.integers(1, 4)), draw(st.integers(0, 9))
    seen = dict(record)
    parts: list[Part] = []
    for _ in range(draw(st.integers(1, 5))):
        if draw(st.booleans()):
            field = draw(st.sampled_from(FIELDS[:3]))
            part: Part = Set(field, seen[field], draw(values))
        else:
            stage, position = seen["stage_id"], seen["position"]
            assert isinstance(stage, int)
            assert isinstance(position, int)
            part = Place(draw(st.integers(1, 4)), draw(st.integers(0, 9)), stage, position)
        parts.append(part)
        seen.update(part.assignments())
    return record, Change(tuple(parts))


@given(a_record_and_a_change())
def test_the_inverse_undoes_what_the_change_does(case: tuple[dict[str, Value], Change]) -> None:
    record, change = case
    done = record | change.assignments()
    assert done | change.inverse().assignments() == record


@given(a_record_and_a_change())
def test_the_inverse_of_the_inverse_is_the_change(case: tuple[dict[str, Value], Change]) -> None:
    _, change = case
    assert change.inverse().inverse() == change


@given(a_record_and_a_change())
def test_the_bases_are_what_was_there_before_the_first_part(
    case: tuple[dict[str, Value], Change],
) -> None:
    record, change = case
    assert change.bases().items() <= record.items()


def test_only_a_change_of_stage_moves_the_stage() -> None:
    assert Change((Place(2, 0, 1, 0),)).moves_stage
    assert not Change((Place(1, 5, 1, 0), Set("name", None, "x"))).moves_stage
