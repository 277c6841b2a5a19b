"""What is sent to the clipboard, by keys: what it is, that it is cleaned and capped, and that no more is claimed."""

from __future__ import annotations

from tests.payloads import CONTROL, HIDDEN
from tests.ui.conftest import Sit, Sitting
from tests.ui.test_deciding import seen
from tests.world import Sandbox, until


def customer_of(sandbox: Sandbox, record_id: int, name: str) -> str:
    """What the sandbox's database has in a field of an opportunity's customer."""
    ((value,),) = sandbox.query(
        f"SELECT w.{name} FROM coworkers w JOIN crmopportunities o ON o.CoworkerId = w.Id WHERE o.Id = ?",
        record_id,
    )
    return str(value)


def set_customer(sandbox: Sandbox, record_id: int, name: str, value: object) -> None:
    """Change a field of an opportunity's customer, as somebody else would."""
    sandbox.execute(
        f"UPDATE coworkers SET {name} = ? WHERE Id ="
        " (SELECT CoworkerId FROM crmopportunities WHERE Id = ?)",
        value,
        record_id,
    )


async def shown_beside(at: Sitting) -> None:
    """Wait until the customer of the record under the cursor has been fetched."""
    card = at.record_id

    def has_come() -> bool:
        detail = at.crm.detail(card).detail
        return detail is not None and detail.contact is not None

    await until(at.crm, has_come)
    await at.pilot.pause()


async def test_each_key_sends_its_part_and_says_where_to(sit: Sit, sandbox: Sandbox) -> None:
    async with sit(size=(160, 40)) as at:
        card = at.record_id
        await shown_beside(at)
        customer = customer_of(sandbox, card, "Id")
        for key, what, text in (
            ("i", "id", str(card)),
            ("e", "e-mail", customer_of(sandbox, card, "Email")),
            ("p", "phone", customer_of(sandbox, card, "MobilePhone")),
            ("l", "link", f"https://platform.nexudus.com/operations/customers/{customer}"),
        ):
            await at.press_only("y", key)
            assert at.app.clipboard == text
            assert f"Sent to the terminal, which may take it: {what}: {text}" in at.status
            assert "copied" not in at.status.casefold()
    assert sandbox.writes() == []


async def test_of_marks_all_are_sent_in_one_line(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        ids = []
        for _ in range(3):
            ids.append(at.record_id)
            await at.press_only("space")
        set_customer(sandbox, ids[1], "Email", "")
        at.crm.refresh()
        await until(at.crm, lambda: not at.crm.is_loading)
        await at.press_only("y", "i")
        assert at.app.clipboard == " ".join(map(str, ids))
        assert "3 ids: " in at.status
        await at.press_only("y", "e")
        emails = [customer_of(sandbox, each, "Email") for each in (ids[0], ids[2])]
        assert at.app.clipboard == ", ".join(emails)
        assert "2 e-mails (1 without)" in at.status


async def test_what_is_not_there_is_said_and_nothing_is_sent(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        card = at.record_id
        set_customer(sandbox, card, "Email", "")
        await seen(at, sandbox)
        await at.press_only("y", "e")
        assert "has no e-mail." in at.status
        await at.press_only("y", "p")
        assert "the phone number is known once the record is shown beside" in at.status
        assert at.app.clipboard == ""


async def test_E07_what_is_sent_is_cleaned_and_capped(sit: Sit, sandbox: Sandbox) -> None:
    hostile = f"a@b.example\n; rm -rf ~{''.join(CONTROL + HIDDEN)}".replace("\x00", "")
    async with sit() as at:
        card = at.record_id
        set_customer(sandbox, card, "Email", hostile)
        await seen(at, sandbox)
        await at.press_only("y", "e")
        assert at.app.clipboard.startswith("a@b.example⏎; rm -rf ~")
        assert at.app.clipboard.isprintable()
        sandbox.execute("UPDATE coworkers SET Email = ?", "x" * 3_900 + "@b.example")
        await seen(at, sandbox)
        before = at.app.clipboard
        await at.press_only("A")
        await at.press_only("y", "e")
        assert "Nothing was sent: " in at.status
        assert "are more than the 32,768 that may be" in at.status
        assert at.app.clipboard == before
