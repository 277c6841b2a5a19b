"""Who may do what, and whose records they see."""

from typing import Any

import httpx
import pytest

from crm_tui.sandbox import people
from tests.sandbox.catalogue import CATALOGUE
from tests.sandbox.driving import CARDS, MINA, Bearer, Sandbox, connected

RITA, NORA, TOM = (
    httpx.BasicAuth(f"{name}@example.com", "sandbox") for name in ("rita", "nora", "tom")
)
DENIED = {"Message": "Authorization has been denied for this request."}
ALL = [("CrmOpportunity", CARDS), *((each.name, each.path) for each in CATALOGUE)]
ACTIONS = ("List", "Read", "Edit", "Create", "Delete")
RIVERSIDE, NORTE, MIDTOWN = 1414802377, 1414805912, 1414811840


def grant(sandbox: Sandbox, *roles: str) -> None:
    """Make Nora's only user role one of these roles."""
    marks = ", ".join("?" * len(roles))
    sandbox.change(
        "UPDATE userroles SET Roles = (SELECT json_group_array(Id) FROM roles WHERE lower(Name) IN"
        f" ({marks})) WHERE Id = 770685957",
        *(role.lower() for role in roles),
    )
    sandbox.change("UPDATE users SET UserRoles = '[770685957]' WHERE Email = 'nora@example.com'")


async def test_there_are_exactly_five_roles_for_each_entity(sandbox: Sandbox) -> None:
    roles = (await sandbox.get("/security/roles", size=1000))["Records"]
    assert sorted(role["Name"] for role in roles) == sorted(
        f"{name}-{action}" for name, _ in ALL for action in ACTIONS
    )


async def test_user_roles_name_their_users_and_the_other_way_round(sandbox: Sandbox) -> None:
    for user_id in await sandbox.ids("/sys/users"):
        user = await sandbox.get(f"/sys/users/{user_id}")
        for group_id in user["UserRoles"]:
            group = await sandbox.get(f"/security/userroles/{group_id}")
            assert user_id in group["Users"]


@pytest.mark.parametrize("status", [401, 403])
async def test_who_has_no_role_may_only_ask_who_they_are(sandbox: Sandbox, status: int) -> None:
    await sandbox.switch(forbidden_status=status)
    async with connected(sandbox.socket_path, NORA) as nora:
        assert (await nora.get("/auth/me")).json()["FullName"] == "Nora Lind"
        assert (
            await nora.get("/utils/enums", params={"name": "eCrmOpportunityStatus"})
        ).status_code == 200
        for _, path in ALL:
            for response in (await nora.get(path), await nora.get(f"{path}/1")):
                assert (response.status_code, response.json()) == (status, DENIED), path
        for verb, path in (("POST", CARDS), ("PUT", CARDS), ("DELETE", f"{CARDS}/1")):
            response = await nora.request(verb, path, json={})
            assert (response.status_code, response.json()) == (status, DENIED), verb


@pytest.mark.parametrize("action", ACTIONS)
async def test_each_role_opens_one_door(sandbox: Sandbox, action: str) -> None:
    grant(sandbox, f"CrmOpportunity-{action}")
    card = await sandbox.card("Enquiry")
    one = f"{CARDS}/{card['Id']}"
    calls = {
        "List": ("GET", CARDS),
        "Read": ("GET", one),
        "Edit": ("PUT", CARDS),
        "Create": ("POST", CARDS),
        "Delete": ("DELETE", one),
    }
    async with connected(sandbox.socket_path, NORA) as nora:
        for door, (verb, path) in calls.items():
            response = await nora.request(verb, path, json={**card, "Value": None})
            assert (response.status_code == 200) is (door == action), door


async def test_roles_are_compared_without_regard_to_case(sandbox: Sandbox) -> None:
    grant(sandbox, "CrmOpportunity-List")
    sandbox.change("UPDATE roles SET Name = lower(Name)")
    async with connected(sandbox.socket_path, NORA) as nora:
        assert (await nora.get(CARDS)).status_code == 200
        assert (await nora.get("/crm/crmboards")).status_code == 401


async def test_a_full_administrator_needs_no_role(sandbox: Sandbox) -> None:
    sandbox.change("DELETE FROM userroles")
    sandbox.change("UPDATE users SET Businesses = '[]'")
    assert len(await sandbox.ids()) > 0


async def test_a_reader_reads_everything_and_writes_nothing(sandbox: Sandbox) -> None:
    card = await sandbox.card("Enquiry")
    async with connected(sandbox.socket_path, RITA) as rita:
        for name, path in ALL:
            listed = await rita.get(path, params={"size": 1000})
            assert listed.status_code == 200, name
            first = listed.json()["Records"][0]
            assert (await rita.get(f"{path}/{first['Id']}")).status_code == 200, name
        for verb, path in (("POST", CARDS), ("PUT", CARDS), ("DELETE", f"{CARDS}/{card['Id']}")):
            response = await rita.request(verb, path, json={**card, "Value": None})
            assert response.status_code == 401, verb


async def test_a_manager_sees_the_records_of_their_location(sandbox: Sandbox) -> None:
    places = {
        CARDS: "CrmBoardColumnCrmBoardBusinessId",
        "/crm/crmboards": "BusinessId",
        "/crm/crmboardcolumns": "CrmBoardBusinessId",
        "/crm/opportunitytypes": "BusinessId",
        "/spaces/coworkers": "InvoicingBusinessId",
        "/spaces/teams": "BusinessId",
        "/crm/coworkertasks": "BusinessId",
        "/crm/tasklists": "BusinessId",
        "/billing/proposals": "IssuedById",
        "/sys/businesses": "Id",
        "/crm/customfields": "BusinessId",
        "/sys/audittrailentries": "BusinessId",
    }
    async with connected(sandbox.socket_path, MINA) as mina:
        for path, key in places.items():
            everything = (await sandbox.get(path, size=1000))["Records"]
            hers = (await mina.get(path, params={"size": 1000})).json()["Records"]
            expected = [row["Id"] for row in everything if row[key] == RIVERSIDE]
            assert [row["Id"] for row in hers] == expected, path
            assert 0 < len(hers) < len(everything) or path == "/spaces/teams", path
            other = next((row["Id"] for row in everything if row[key] != RIVERSIDE), None)
            if other is not None:
                assert (await mina.get(f"{path}/{other}")).status_code == 404, path


@pytest.mark.parametrize(
    ("path", "statement"),
    [
        (
            "/crm/crmopportunityhistories",
            "SELECT h.Id FROM crmopportunityhistories h JOIN crmboardcolumns s"
            " ON s.Id = h.NewCrmBoardColumnId JOIN crmboards b ON b.Id = s.CrmBoardId"
            " WHERE b.BusinessId = ? ORDER BY h.Id",
        ),
        (
            "/crm/taskitems",
            "SELECT i.Id FROM taskitems i JOIN tasklists k ON k.Id = i.TaskListId"
            " WHERE k.BusinessId = ? ORDER BY i.Id",
        ),
        (
            "/spaces/coworkernotes",
            "SELECT n.Id FROM coworkernotes n JOIN coworkers w ON w.Id = n.CoworkerId"
            " WHERE w.InvoicingBusinessId = ? ORDER BY n.Id",
        ),
        (
            "/sys/users",
            "SELECT Id FROM users WHERE Businesses LIKE '%' || ? || '%' ORDER BY Id",
        ),
    ],
)
async def test_what_has_its_location_through_something_else_is_bounded_too(
    sandbox: Sandbox, path: str, statement: str
) -> None:
    async with connected(sandbox.socket_path, MINA) as mina:
        page = (await mina.get(path, params={"size": 1000, "orderby": "Id"})).json()
    assert [row["Id"] for row in page["Records"]] == [
        row_id for (row_id,) in sandbox.rows(statement, RIVERSIDE)
    ]


async def test_what_belongs_to_no_location_is_seen_by_all(sandbox: Sandbox) -> None:
    async with connected(sandbox.socket_path, MINA) as mina:
        for path in ("/crm/cannedresponses", "/sys/currencies", "/sys/countries"):
            hers = (await mina.get(path, params={"size": 1000})).json()
            assert hers == await sandbox.get(path, size=1000), path


async def test_the_front_desk_lacks_what_many_lack(sandbox: Sandbox) -> None:
    closed = ("/sys/users", "/crm/cannedresponses", "/billing/proposals", "/sys/audittrailentries")
    async with connected(sandbox.socket_path, TOM) as tom:
        for path in closed:
            assert (await tom.get(path)).status_code == 401, path
        assert (await tom.get(CARDS)).json()["TotalItems"] > 0


async def test_nobody_writes_into_a_location_that_they_do_not_see(sandbox: Sandbox) -> None:
    hidden = await sandbox.card("Lead", "Members")
    own = await sandbox.card("Enquiry")
    for body, problems in (
        ({**hidden}, None),
        ({**own, "CrmBoardColumnId": hidden["CrmBoardColumnId"]}, ["CrmBoardColumnId"]),
        ({**own, "CoworkerId": hidden["CoworkerId"]}, ["CoworkerId"]),
        ({**own, "ReferrerId": hidden["CoworkerId"]}, []),
    ):
        response = await sandbox.put(body, auth=MINA)
        if problems is None:
            assert (response.status_code, response.json()) == (404, "Not found")
        elif problems:
            assert [each["PropertyName"] for each in response.json()["Errors"]] == problems
        else:
            assert response.status_code == 200
    gone = await sandbox.client.delete(f"{CARDS}/{hidden['Id']}", auth=MINA)
    assert (gone.status_code, gone.json()) == (404, "Not found")


async def test_the_table_of_users_tells_the_truth(sandbox: Sandbox) -> None:
    """The table in the module's docstring is what people read; each row is tried."""
    names = {RIVERSIDE: "Riverside", NORTE: "Studio Norte", MIDTOWN: "Midtown"}
    told: dict[str, str] = {}
    for line in (people.__doc__ or "").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if "@" in cells[0]:
            told[cells[0]] = cells[1]
    assert list(told) == [account.email for account in people.ACCOUNTS]
    for email, sees in told.items():
        (token,) = tokens(sandbox, email)
        async with connected(sandbox.socket_path, Bearer(token)) as client:
            me: dict[str, Any] = (await client.get("/auth/me")).json()
        if not sees:
            assert me == DENIED
            continue
        seen = [names[place] for place in me["Businesses"]]
        assert seen == (list(names.values()) if sees == "all locations" else sees.split(", "))


def tokens(sandbox: Sandbox, email: str) -> list[str]:
    """A token for a user, put into the database, because not everybody can ask for one."""
    sandbox.change(
        "INSERT INTO accesstokens SELECT Email, Id, 1e12 FROM users WHERE Email = ?", email
    )
    return [email]
