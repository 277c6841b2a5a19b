"""``crm-tui do``: one command without a terminal, seen by its words, its exit code and the sandbox's database."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from crm_tui.cli.main import run
from crm_tui.commands.parse import GRAMMAR, usage
from crm_tui.paths import profiles_file
from crm_tui.service.auditing import WAITS
from tests import payloads
from tests.cli.headless import cards, program, stage, stage_of, writes
from tests.cli.sandbox import ANA, Served, add_profile, served
from tests.readme import README
from tests.service.journals import OPPORTUNITIES


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("doing")) as running:
        yield running


@pytest.fixture
def profile(sandbox: Served, tmp_path: Path, home: Path) -> Path:
    add_profile(tmp_path, sandbox.url, "sandbox")
    return home


@pytest.mark.parametrize("name", sorted(GRAMMAR))
def test_help_and_readme_tell_how_a_command_is_typed(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["do", "--help"]) == 0
    assert usage(name) in capsys.readouterr().out
    assert f"`{usage(name)}`" in README.read_text()


@pytest.mark.usefixtures("profile")
def test_a_move_is_one_write_and_undo_is_another(sandbox: Served) -> None:
    (card,) = cards(sandbox, 1)
    before = writes(sandbox)
    moved = program("do", f"move {card} 'office tour'")
    assert (moved.code, moved.err) == (0, "")
    assert moved.out.startswith(f"done       #{card}  ")
    assert moved.out.count("\n") == 1
    assert (stage_of(sandbox, card), writes(sandbox)) == ("Office tour", before + 1)
    assert program("do", "undo").code == 0
    assert (stage_of(sandbox, card), writes(sandbox)) == ("Enquiry", before + 2)
    assert program("do", "redo").code == 0
    assert stage_of(sandbox, card) == "Office tour"


@pytest.mark.usefixtures("profile")
def test_L05_several_records_are_shown_with_their_account_and_wait_for_a_yes(
    sandbox: Served,
) -> None:
    one, two = cards(sandbox, 2)
    before = writes(sandbox)
    shown = program("do", "move", one, two, "Office tour")
    assert (shown.code, shown.out, writes(sandbox)) == (2, "", before)
    host = sandbox.url.split("://")[1]
    assert f"here · {host} as ana@example.com" in shown.err
    assert "Riverside" in shown.err
    assert f"#{one}" in shown.err
    assert shown.err.count("  Enquiry → Office tour") == 2
    assert "With --yes this is done." in shown.err
    done = program("do", "--json", "--yes", "move", one, two, "Office tour")
    assert done.code == 0
    assert [(each["id"], each["outcome"]) for each in done.json["outcomes"]] == [
        (int(one), "done"),
        (int(two), "done"),
    ]
    assert writes(sandbox) == before + 2


@pytest.mark.usefixtures("profile")
def test_f15_what_is_known_to_have_been_overwritten_is_said_beside_the_outcome(
    sandbox: Served,
) -> None:
    one, two = cards(sandbox, 2)
    at = {"method": "GET", "path": f"{OPPORTUNITIES}/{one}", "nth": 1}
    edit = {"entity": "CrmOpportunity", "id": int(one), "set": {"Value": 77}, "at_request": at}
    answer = httpx.post(f"{sandbox.url}/_sandbox/edits", json=[edit], auth=ANA)
    assert answer.status_code == 200, answer.text
    # The trail is looked at some seconds after the first write; until then the second one is on its way.
    slow = {"path": f"{OPPORTUNITIES}/{two}", "action": "latency", "seconds": WAITS[0] + 2}
    sandbox.fault(**slow)
    done = program("do", "--yes", "move", one, two, "Office tour")
    sandbox.heal()
    assert (done.code, done.out.count("done  ")) == (0, 2)
    assert f"overwritten: mina@example.com's value 77 of #{one}. " in done.err


@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize("command", [("value", "4321"), ("move", "Office tour")])
def test_of_an_id_that_the_book_never_had_it_is_said_that_there_is_none(
    sandbox: Served, command: tuple[str, str]
) -> None:
    (card,) = cards(sandbox, 1)
    verb, argument = command
    shown = program("do", verb, card, "999999999", argument)
    assert shown.code == 2
    assert "left out  #999999999  There is no opportunity of this id." in shown.err
    assert "gone" not in shown.err


@pytest.mark.usefixtures("profile")
def test_what_a_stage_does_is_said_before(sandbox: Served) -> None:
    (card,) = cards(sandbox, 1)
    done = program("do", "move", card, "Proposal sent")
    assert done.code == 0
    assert "→ Proposal sent (sends 'Proposal') — Riverside, here · " in done.err
    done = program("do", "move", card, "Negotiation")
    assert "→ Negotiation (makes 3 tasks of 'Negotiation') — Riverside, here · " in done.err


@pytest.mark.usefixtures("profile")
def test_a_stage_that_deletes_the_customer_is_entered_by_no_command(sandbox: Served) -> None:
    (card,) = cards(sandbox, 1)
    lost = stage(sandbox, "Lost")
    sandbox.execute("UPDATE crmboardcolumns SET DeleteAccount = 1 WHERE Id = ?", lost)
    try:
        before = writes(sandbox)
        refused = program("do", "--yes", "move", card, "Lost")
        assert refused.code == 2
        assert "only be done on a screen" in refused.err
        assert writes(sandbox) == before
    finally:
        sandbox.execute("UPDATE crmboardcolumns SET DeleteAccount = 0 WHERE Id = ?", lost)


def test_L01_a_read_only_profile_refuses_before_anything_is_asked(
    sandbox: Served, tmp_path: Path
) -> None:
    add_profile(tmp_path, sandbox.url, "sandbox", "--read-only")
    (card,) = cards(sandbox, 1)
    before = writes(sandbox)
    for more in ([], ["--no-wait"]):
        refused = program("do", *more, "move", card, "Office tour")
        assert refused.code == 2
        assert "read-only: nothing was changed" in refused.err
    assert program("pending").err == "Nothing is pending.\n"
    assert writes(sandbox) == before


@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("mvoe 1 Won", 2, "did you mean move?\n  mvoe 1 Won\n  ^"),
        ("note 1 4 desks", 2, "  note 1 4 desks\n         ^"),
        ("move CARD Ofice tour", 2, "did you mean “Office tour”?"),
        ("move CARD 'Ofice tour'", 2, "did you mean “Office tour”?"),
        ("move 7 Won", 1, "There is no opportunity #7 on a board in use."),
        ("previous-stage CARD", 1, "Enquiry is the first stage of this board."),
        ("retry 99", 1, "There is no entry 99"),
        ("redo", 1, "There is nothing that could be done again here."),
    ],
)
def test_what_cannot_be_done_is_said_with_its_place(
    sandbox: Served, line: str, code: int, said: str
) -> None:
    (card,) = cards(sandbox, 1)
    before = writes(sandbox)
    refused = program("do", line.replace("CARD", card))
    assert (refused.code, refused.out) == (code, "")
    assert said in refused.err
    assert writes(sandbox) == before


@pytest.mark.usefixtures("profile")
def test_G21_what_is_not_waited_for_stays_in_the_journal_and_goes_out_with_the_next(
    sandbox: Served,
) -> None:
    one, two = cards(sandbox, 2)
    assert program("sync").code == 0
    before = writes(sandbox)
    left = program("do", "--no-wait", "move", one, "Office tour")
    assert (left.code, writes(sandbox)) == (0, before)
    assert left.out.startswith(f"queued     #{one}")
    (entry,) = program("pending", "--json").json
    assert (entry["state"], entry["id"]) == ("held", int(one))
    done = program("do", "move", two, "Office tour")
    assert done.code == 0
    assert done.out.startswith(f"done       #{two}")
    assert f"left over from before: done       #{one}" in done.err
    assert writes(sandbox) == before + 2
    assert program("pending", "--json").json == []


@pytest.mark.usefixtures("profile")
def test_G21_what_is_not_sent_yet_is_taken_back_unheard(sandbox: Served) -> None:
    (card,) = cards(sandbox, 1)
    assert program("sync").code == 0
    before = writes(sandbox)
    assert program("do", "--no-wait", "move", card, "Office tour").code == 0
    undone = program("do", "--no-wait", "undo")
    assert (undone.code, undone.out[:9]) == (0, "cancelled")
    assert (writes(sandbox), stage_of(sandbox, card)) == (before, "Enquiry")


@pytest.mark.usefixtures("profile")
def test_what_is_held_is_cancelled_and_nothing_is_sent_though_the_server_is_asked(
    sandbox: Served,
) -> None:
    one, two = cards(sandbox, 2)
    assert program("sync").code == 0
    before = writes(sandbox)
    assert program("do", "--no-wait", "move", one, "Office tour").code == 0
    assert program("do", "--no-wait", "move", two, "Office tour").code == 0
    undone = program("do", "undo")
    assert (undone.code, undone.out[: len(f"cancelled  #{two}")]) == (0, f"cancelled  #{two}")
    assert (writes(sandbox), stage_of(sandbox, two)) == (before, "Enquiry")
    (left,) = program("pending", "--json").json
    assert (left["id"], left["state"]) == (int(one), "held")
    assert program("do", "undo").code == 0
    assert writes(sandbox) == before
    nothing = program("do", "undo")
    assert (nothing.code, program("pending", "--json").json) == (1, [])


@pytest.mark.usefixtures("profile")
def test_what_the_server_refuses_is_1_with_its_words_and_can_be_asked_for_again(
    sandbox: Served,
) -> None:
    (card,) = cards(sandbox, 1)
    sandbox.fault(method="PUT", path="/api/crm/crmopportunities", action="refuse")
    try:
        refused = program("do", "--json", "move", card, "Office tour")
    finally:
        sandbox.heal()
    assert refused.code == 1
    (outcome,) = refused.json["outcomes"]
    assert outcome["outcome"] == "failed"
    (entry,) = program("pending", "--all", "--json").json
    assert program("do", f"retry {entry['number']}").code == 0
    assert stage_of(sandbox, card) == "Office tour"


def test_a_password_that_is_refused_is_4(sandbox: Served, tmp_path: Path) -> None:
    add_profile(tmp_path, sandbox.url, "wrong")
    refused = program("do", "move", "1", "Won")
    assert refused.code == 4
    assert "sign-in was refused" in refused.err
    assert program("sync").code == 4


@pytest.mark.usefixtures("profile")
def test_D17_plain_output_has_no_control_bytes_and_json_loses_nothing(sandbox: Served) -> None:
    (card,) = cards(sandbox, 1)
    hostile = "".join(payloads.CONTROL + payloads.HIDDEN).replace("\x00", "")
    ((customer, name),) = sandbox.query(
        "SELECT w.Id, w.FullName FROM coworkers w JOIN crmopportunities o ON o.CoworkerId = w.Id"
        " WHERE o.Id = ?",
        card,
    )
    sandbox.execute("UPDATE coworkers SET FullName = ? WHERE Id = ?", hostile, customer)
    try:
        assert program("sync", "--full").code == 0
        plain = program("do", f"move {card} 'Office tour'")
        again = program("do", "--json", "next-stage", card)
        listed = program("pending", "--all")
        document = program("pending", "--all", "--json")
    finally:
        sandbox.execute("UPDATE coworkers SET FullName = ? WHERE Id = ?", name, customer)
    for text in (plain.out, plain.err, listed.out, again.err, again.out, document.out):
        assert all(each.isprintable() for each in text.replace("\n", ""))
    assert plain.out.count("\n") == 1
    assert again.out.isascii()
    assert again.json["outcomes"][0]["subject"] == hostile
    assert document.json[0]["subject"] == hostile


@pytest.mark.usefixtures("profile")
def test_ctrl_c_leaves_what_is_not_sent_in_the_journal_and_says_so(sandbox: Served) -> None:
    (card,) = cards(sandbox, 1)
    assert program("sync").code == 0
    sandbox.fault(method="GET", path="/api/crm/crmopportunities/*", action="hang", times=None)
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "crm_tui", "do", "move", card, "Office tour"],
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # Even where the tests themselves run without interruption by key.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        ) as doing:
            while not sandbox.fired():
                assert doing.poll() is None
            os.kill(doing.pid, signal.SIGINT)
            _, said = doing.communicate(timeout=20)
    finally:
        sandbox.heal()
    assert doing.returncode == 130
    assert "Traceback" not in said
    assert program("pending", "--json").json != []


@pytest.mark.usefixtures("profile")
def test_verbs_write_what_their_keys_write(sandbox: Served) -> None:
    (card,) = cards(sandbox, 1)
    sandbox.execute(
        "UPDATE crmopportunities SET Status = 1, Completed = 0, LossReason = NULL, LostOn = NULL,"
        " WonOn = NULL, Reminded = 1, Notes = 'Needs parking.', ResponsibleId = NULL,"
        " UpdatedOn = strftime('%Y-%m-%dT%H:%M:%SZ') WHERE Id = ?",
        card,
    )

    def fields(*names: str) -> tuple[object, ...]:
        (row,) = sandbox.query(
            f"SELECT {', '.join(names)} FROM crmopportunities WHERE Id = ?", card
        )
        return tuple(row)

    for line in (
        f"follow-up {card} 2026-12-01",
        f"value {card} 2,500",
        f"owner {card} me",
        f"source {card} referral",
        f"note {card} 'said yes'",
        f"lost {card} price",
    ):
        done = program("do", line)
        assert (done.code, done.err) == (0, ""), line
    assert fields("DueDate", "Reminded") == ("2026-12-01T00:00:00Z", 0)
    assert float(str(fields("Value")[0])) == 2500
    ((ana,),) = sandbox.query("SELECT Id FROM users WHERE Email = 'ana@example.com'")
    assert fields("ResponsibleId", "LeadSource") == (ana, 5)
    assert re.fullmatch(
        r"Needs parking\.\n\d{4}-\d\d-\d\d Ana .*: said yes", str(fields("Notes")[0])
    )
    assert fields("Status", "Completed", "LossReason") == (3, 1, 4)
    assert fields("LostOn") != (None,)
    assert program("do", "reopen", card).code == 0
    assert fields("Status", "Completed", "LossReason", "LostOn") == (1, 0, None, None)
    ((kind, type_id),) = sandbox.query(
        """SELECT Name, Id FROM opportunitytypes WHERE BusinessId = (SELECT b.BusinessId
        FROM crmopportunities o JOIN crmboardcolumns c ON c.Id = o.CrmBoardColumnId
        JOIN crmboards b ON b.Id = c.CrmBoardId WHERE o.Id = ?) ORDER BY Id LIMIT 1""",
        card,
    )
    sandbox.execute("UPDATE crmopportunities SET OpportunityTypeId = NULL WHERE Id = ?", card)
    done = program("do", f"type {card} '{kind}'")
    assert (done.code, done.err) == (0, "")
    assert fields("OpportunityTypeId") == (type_id,)
    for line, said in (
        (f"type {card} nonsense", "There is no type “nonsense” at this location"),
        (f"lost {card} prise", "did you mean “Price”?"),
        (f"value {card} 2.500", "is no amount"),
        (f"follow-up {card} someday", "is no day"),
    ):
        refused = program("do", line)
        assert refused.code == 2
        assert said in refused.err


@pytest.mark.usefixtures("profile")
def test_a_task_is_made_once_for_the_customer_and_stays(sandbox: Served) -> None:
    (card,) = cards(sandbox, 1)
    before = writes(sandbox)

    def made() -> list[tuple[object, ...]]:
        return sandbox.query(
            """SELECT t.Name, t.DueDate FROM coworkertasks t JOIN users u ON u.Id = t.ResponsibleId
            WHERE u.Email = 'ana@example.com' AND t.Name LIKE 'call back%' AND t.CoworkerId =
            (SELECT CoworkerId FROM crmopportunities WHERE Id = ?) ORDER BY t.Id""",
            card,
        )

    done = program("do", f"task {card} 'call back @2026-12-01'")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("done       new  ")
    assert made() == [("call back", "2026-12-01T00:00:00Z")]
    (outcome,) = program("do", "--json", "task", card, "call back soon").json["outcomes"]
    assert (outcome["id"], outcome["outcome"]) == (None, "done")
    assert made()[1:] == [("call back soon", None)]
    undone = program("do", "undo")
    assert undone.code == 1
    assert "it is made and stays" in undone.err
    refused = program("do", f"task {card} 'call back @someday'")
    assert refused.code == 2
    assert "is no day" in refused.err
    assert len(made()) == 2
    assert writes(sandbox) == before
    (newest, *_) = program("pending", "--all", "--json").json
    assert newest["id"] is None


@pytest.mark.usefixtures("profile")
def test_a_canned_note_is_added_as_a_typed_one_is(sandbox: Served) -> None:
    (card,) = cards(sandbox, 1)
    sandbox.execute("UPDATE crmopportunities SET Notes = 'Needs parking.' WHERE Id = ?", card)
    ((text,),) = sandbox.query("SELECT MessageText FROM cannedresponses WHERE Name = 'Nudge'")
    done = program("do", f"canned-note {card} nudge")
    assert (done.code, done.err) == (0, "")
    ((notes,),) = sandbox.query("SELECT Notes FROM crmopportunities WHERE Id = ?", card)
    begin, end = "Needs parking.\n", f": {text}"
    assert notes.startswith(begin)
    assert notes.endswith(end)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d Ana [^\n]*", notes[len(begin) : -len(end)])
    refused = program("do", f"canned-note {card} nugde")
    assert refused.code == 2
    assert "did you mean “Nudge”?" in refused.err


@pytest.mark.usefixtures("profile")
def test_limits_of_the_profile_hold_for_a_server_on_this_machine_too(sandbox: Served) -> None:
    one, two = cards(sandbox, 2)
    before = writes(sandbox)
    with profiles_file().open("a") as file:
        file.write("limits = { writes_per_day = 1 }\n")
    assert program("do", f"move {one} 'office tour'").code == 0
    said = program("do", f"move {two} 'office tour'")
    assert said.code != 0
    assert "1 writes were sent in a day" in said.out + said.err
    assert writes(sandbox) == before + 1
