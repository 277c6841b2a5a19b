"""views.toml: what may stand there, what is said of what may not, and that no change loses what somebody wrote."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.config import view_editing
from crm_tui.config.errors import BadViews, NotSaved
from crm_tui.config.reading import MAX_SIZE
from crm_tui.config.views import SavedView, Views, ViewsFile, Vocabulary, wrong_name
from crm_tui.paths import good_views_file, views_file

WORDS = Vocabulary(("value", "due", "customer"), ("customer", "stage", "value"), 4, 80)

WHOLE = """\
# Views of our team.

# Every morning
[views."Due today"]  # first thing
filter = 'status:open due<=today'
sort = "-value" # the big ones
columns = ["customer", "stage:20"]

# On Fridays
[views.won]
filter = "status:won"
page_size = 50
start = true
"""

DUE = SavedView("Due today", "status:open due<=today", "-value", ("customer", "stage:20"))
WON = SavedView("won", "status:won", page_size=50, start=True)


@pytest.fixture
def file(path: Path) -> ViewsFile:
    """The file, in a folder that is there already."""
    assert views_file().parent == path.parent
    return ViewsFile(WORDS)


def written(file: ViewsFile, text: str | bytes) -> Views:
    file.path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file.read()


def test_a_missing_file_has_no_views(file: ViewsFile) -> None:
    assert file.read() == Views()


def test_views_are_read_in_their_order(file: ViewsFile) -> None:
    found = written(file, WHOLE)
    assert found.views == (DUE, WON)
    assert found.problems == ""
    assert found.stamp == file.stamp() != ()


WRONG = [
    ("sort = 3", 'must be a text such as "-value"'),
    ('sort = "valeu"', "Did you mean `value`?"),
    ('columns = ["stagee"]', "Did you mean `stage`?"),
    ('columns = ["stage:3"]', "from 4 to 80"),
    ('columns = ["stage:x"]', "from 4 to 80"),
    ("columns = []", "must be a list of names"),
    ("columns = [3]", "must be a list of texts"),
    ("page_size = 0", "a number from 1"),
    ("page_size = true", "a number from 1"),
    ('start = "yes"', "true or false"),
    ("filter = 3", "a text of 2,000"),
    ('fitler = "x"', "Did you mean `filter`?"),
    ('"\\u001b" = 1', "not known"),
]


@pytest.mark.parametrize(("line", "said"), WRONG)
def test_K04_what_is_wrong_is_named_with_its_line_and_the_others_are_offered(
    file: ViewsFile, line: str, said: str
) -> None:
    found = written(file, f"{WHOLE}\n[views.odd]\n{line}\n")
    assert found.views == (DUE, WON)
    assert f"line {len(WHOLE.splitlines()) + 3}: " in found.problems
    assert said in found.problems
    assert "\x1b" not in found.problems


@pytest.mark.parametrize(
    "broken",
    [
        WHOLE + "[views.",
        b"\xef\xbb\xbf" + WHOLE.encode(),
        WHOLE.encode() + b'[views."\xff"]\n',
        WHOLE + "#" * MAX_SIZE,
        b"x" * 5_000_000,
        "views = 3",
        "view = 3",
        WHOLE + '[views.x]\nfilter = "a"\nfilter = "b"\n',
        WHOLE + "[views.x]\nstart = true\n",
        '[views." x"]\n',
    ],
)
def test_K04_a_broken_file_is_never_written_over_and_the_last_whole_one_is_kept(
    file: ViewsFile, broken: str | bytes
) -> None:
    written(file, WHOLE)
    assert good_views_file().read_text() == WHOLE
    found = written(file, broken)
    before = file.path.read_bytes()
    assert str(file.path) in found.problems
    assert str(good_views_file()) in found.problems
    with pytest.raises(BadViews):
        view_editing.keep(file, SavedView("new"), replaces=True)
    with pytest.raises(BadViews):
        view_editing.remove(file, "won")
    with pytest.raises(BadViews):
        view_editing.rename(file, "won", "lost")
    with pytest.raises(BadViews):
        view_editing.move(file, "won", -1)
    with pytest.raises(BadViews):
        view_editing.begin_with(file, None)
    assert file.path.read_bytes() == before
    assert good_views_file().read_text() == WHOLE


def test_K04_where_nothing_can_be_read_the_last_whole_version_is_offered(file: ViewsFile) -> None:
    written(file, WHOLE)
    assert written(file, WHOLE + "[views.").views == (DUE, WON)


def test_comments_and_order_stay_with_every_change(file: ViewsFile) -> None:
    written(file, WHOLE)
    view_editing.keep(file, SavedView("odd one", 'name~"a b"'), replaces=False)
    said = tomllib.loads(file.path.read_text())["views"]["odd one"]
    assert said == {"filter": 'name~"a b"'}
    assert file.path.read_text().startswith(WHOLE)
    view_editing.remove(file, "odd one")
    view_editing.rename(file, "Due today", "due")
    assert file.path.read_text().rstrip() == WHOLE.replace('"Due today"', "due").rstrip()
    found = view_editing.move(file, "won", -1)
    assert [view.name for view in found.views] == ["won", "due"]
    text = file.path.read_text()
    assert text.startswith("# Views of our team.\n\n# On Fridays\n[views.won]\n")
    assert "# Every morning\n[views.due]  # first thing\n" in text


def test_the_first_view_makes_the_file_and_comments_of_an_empty_one_stay(file: ViewsFile) -> None:
    assert view_editing.keep(file, DUE, replaces=False).views == (DUE,)
    written(file, "# mine\n")
    assert view_editing.keep(file, WON, replaces=False).views == (WON,)
    assert file.path.read_text().startswith("# mine\n")


def test_a_view_is_replaced_only_when_that_is_wanted(file: ViewsFile) -> None:
    written(file, WHOLE)
    new = SavedView("Due today", "due<today", "value", page_size=25)
    with pytest.raises(NotSaved, match="already a view"):
        view_editing.keep(file, new, replaces=False)
    assert file.path.read_text() == WHOLE
    assert view_editing.keep(file, new, replaces=True).views == (new, WON)
    text = file.path.read_text()
    assert 'sort = "value" # the big ones' in text
    assert "# Every morning" in text


def test_one_view_at_most_is_what_the_program_opens_with(file: ViewsFile) -> None:
    written(file, WHOLE)
    found = view_editing.begin_with(file, "Due today")
    assert [view.start for view in found.views] == [True, False]
    assert "# On Fridays\n" in file.path.read_text()
    found = view_editing.begin_with(file, None)
    assert not any(view.start for view in found.views)
    # Replaced by another, the first one stays what the program opens with.
    view_editing.begin_with(file, "won")
    assert view_editing.keep(file, SavedView("won", "x"), replaces=True).views[1].start


def test_K11_what_was_edited_by_hand_meanwhile_is_not_lost(file: ViewsFile) -> None:
    known = written(file, WHOLE)
    written(file, WHOLE + '\n# by hand\n[views.mine]\nfilter = "owner:me"\n')
    assert file.stamp() != known.stamp
    found = view_editing.keep(file, SavedView("new", "x"), replaces=False)
    assert [view.name for view in found.views] == ["Due today", "won", "mine", "new"]
    assert "# by hand" in file.path.read_text()


def test_a_view_that_is_gone_is_said_to_be(file: ViewsFile) -> None:
    written(file, WHOLE)
    with pytest.raises(NotSaved, match="any more"):
        view_editing.rename(file, "lost", "x")
    with pytest.raises(NotSaved, match="already a view"):
        view_editing.rename(file, "won", "Due today")
    with pytest.raises(NotSaved, match="needs a name"):
        view_editing.rename(file, "won", " x")
    assert file.path.read_text() == WHOLE


def test_what_cannot_be_changed_from_here_is_left_alone(file: ViewsFile) -> None:
    text = 'views = { won = { filter = "status:won" } }\n'
    assert written(file, text).views == (SavedView("won", "status:won"),)
    with pytest.raises(NotSaved, match="by hand"):
        view_editing.rename(file, "won", "x")
    assert file.path.read_text() == text


NAMES = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=9
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    kept=st.lists(
        st.tuples(NAMES, st.text(st.characters(codec="utf-8"), max_size=30)), min_size=1, max_size=5
    ),
    steps=st.integers(-3, 3),
)
def test_every_change_says_what_was_meant(
    file: ViewsFile, kept: list[tuple[str, str]], steps: int
) -> None:
    file.path.unlink(missing_ok=True)
    model: dict[str, str] = {}
    for name, query in kept:
        if wrong_name(name):
            continue
        view_editing.keep(file, SavedView(name, query), replaces=True)
        model[name] = query
    if not model:
        return
    assert {view.name: view.filter for view in file.read().views} == model
    names = list(model)
    name = names[0]
    view_editing.move(file, name, steps)
    names.insert(max(0, min(steps, len(names) - 1)), names.pop(0))
    assert [view.name for view in file.read().views] == names
    view_editing.begin_with(file, name)
    view_editing.remove(file, names[-1])
    assert [view.name for view in file.read().views] == names[:-1]
