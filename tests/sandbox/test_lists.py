"""Lists of opportunities: envelope, pages, order, light rows, records by their ids."""

from decimal import Decimal

import pytest

from tests.sandbox.driving import CARDS, SIZE, Sandbox, encode

KEYS = """
    Name CrmBoardColumnId CrmBoardColumnName CrmBoardColumnCrmBoardId CrmBoardColumnCrmBoardName
    CrmBoardColumnCrmBoardBusinessId CrmBoardColumnCrmBoardBusinessName
    CrmBoardColumnCrmBoardBusinessCurrencyId CrmBoardColumnCrmBoardBusinessCurrencyCode
    CoworkerId CoworkerFullName CoworkerCoworkerType CoworkerCompanyName CoworkerEmail
    TeamId TeamName TeamDescription TeamProfileWebsite OpportunityTypeId OpportunityTypeName
    ResponsibleId ResponsibleFullName ReferrerId AgentId Notes Completed DueDate Value Reminded
    LeadSource LossReason Status WonOn LostOn CrmUpdatedOn Position
    UtmSource UtmMedium UtmCampaign UtmContent UtmTerm
    Id UniqueId CreatedOn UpdatedOn UpdatedBy IsNew SystemId ToStringText LocalizationDetails CustomFields
"""

HEAVY = {
    *("Notes", "CustomFields", "LocalizationDetails"),
    *("UtmSource", "UtmMedium", "UtmCampaign", "UtmContent", "UtmTerm"),
}

BEYOND = ("9" * 19, "9" * 26, "1" + "0" * 5_000)
"""Numbers that are longer than 64 bits; the last one is longer than Python reads, too."""


@pytest.mark.parametrize("dialect", ["v1", "v2"])
async def test_a_page_comes_in_its_envelope(sandbox: Sandbox, dialect: str) -> None:
    await sandbox.switch(dialect=dialect)
    page = await sandbox.get(CARDS, page=2, size=50)
    assert len(page.pop("Records")) == 50
    assert page == {
        "CurrentPageSize": 50,
        "CurrentPage": 2,
        "CurrentOrderField": "Id",
        "CurrentSortDirection": 0,
        "FirstItem": 51,
        "LastItem": 100,
        "HasNextPage": True,
        "HasPreviousPage": True,
        **({"PageNumber": 2, "PageSize": 50} if dialect == "v1" else {}),
        "TotalItems": SIZE,
        "TotalPages": 3,
    }


async def test_pages_cover_every_opportunity_once(sandbox: Sandbox) -> None:
    seen: list[int] = []
    number, more = 1, True
    while more:
        page = await sandbox.get(CARDS, page=number, size=50)
        seen += [record["Id"] for record in page["Records"]]
        number, more = number + 1, page["HasNextPage"]
    assert seen == [row[0] for row in sandbox.rows("SELECT Id FROM crmopportunities ORDER BY Id")]


async def test_size_is_25_unless_asked_and_at_most_1000(sandbox: Sandbox) -> None:
    assert (await sandbox.get(CARDS))["CurrentPageSize"] == 25
    assert (await sandbox.get(CARDS, size=5000))["CurrentPageSize"] == 1000


async def test_a_page_behind_the_end_is_empty(sandbox: Sandbox) -> None:
    page = await sandbox.get(CARDS, page=9, size=1000)
    assert (page["Records"], page["HasNextPage"], page["TotalItems"]) == ([], False, SIZE)


@pytest.mark.parametrize("direction", ["1", "descending", "Descending"])
async def test_dir_turns_the_order_around(sandbox: Sandbox, direction: str) -> None:
    rising = await sandbox.ids(orderby="Id", dir="0")
    assert rising == sorted(rising)
    assert await sandbox.ids(orderby="Id", dir="Ascending") == rising
    assert await sandbox.ids(orderby="Id", dir=direction) == rising[::-1]


async def test_amounts_are_ordered_as_numbers_and_ties_by_id(sandbox: Sandbox) -> None:
    page = await sandbox.get(CARDS, orderby="value", dir=1, size=1000)
    keys = [
        (record["Value"] is None, -(record["Value"] or Decimal(0)), record["Id"])
        for record in page["Records"]
    ]
    assert keys == sorted(keys)
    assert len({key[:2] for key in keys}) < len(keys), "no ties, nothing proved"


async def test_lists_can_be_ordered_by_what_comes_through_a_relation(sandbox: Sandbox) -> None:
    page = await sandbox.get(CARDS, orderBy="CoworkerFullName", size=1000)
    names = [record["CoworkerFullName"] for record in page["Records"]]
    assert names == sorted(names)


async def test_list_rows_are_light_and_otherwise_equal_to_the_whole_record(
    sandbox: Sandbox,
) -> None:
    for row in (await sandbox.get(CARDS, size=30))["Records"]:
        whole = await sandbox.get(f"{CARDS}/{row['Id']}")
        assert set(whole) - set(row) == HEAVY
        assert row == {name: value for name, value in whole.items() if name not in HEAVY}


async def test_a_whole_record_has_every_key_of_the_service_in_its_order(sandbox: Sandbox) -> None:
    record = await sandbox.card("Office tour")
    assert " ".join(record) == " ".join(KEYS.split())
    assert record["CrmBoardColumnName"] == "Office tour"
    assert record["CrmBoardColumnCrmBoardBusinessCurrencyCode"] == "GBP"
    assert record["CoworkerCoworkerType"] in ("1", "2")
    assert record["Completed"] is record["IsNew"] is False


async def test_paths_and_parameters_are_read_in_any_case(sandbox: Sandbox) -> None:
    spelled = await sandbox.get("/CRM/CrmOpportunities/", Size=3, ORDERBY="id", Dir=1)
    assert spelled == await sandbox.get(CARDS, size=3, orderby="Id", dir=1)


async def test_records_by_their_ids_come_in_one_envelope(sandbox: Sandbox) -> None:
    wanted = (await sandbox.ids())[10:90]
    missing = 5
    page = await sandbox.get(CARDS, CrmOpportunity_Id=str([*wanted, missing]).replace(" ", ""))
    assert [record["Id"] for record in page["Records"]] == wanted
    assert page["HasNextPage"] is False


async def test_the_other_form_of_ids_gives_a_bare_array(sandbox: Sandbox) -> None:
    wanted = (await sandbox.ids())[:2]
    assert [each["Id"] for each in await sandbox.get(f"{CARDS}/", id=f"{wanted}")] == wanted


async def test_a_single_id_and_a_unique_id_filter_without_prefix(sandbox: Sandbox) -> None:
    record = await sandbox.card("Negotiation")
    assert await sandbox.ids(Id=record["Id"]) == [record["Id"]]
    assert await sandbox.ids(UniqueId=record["UniqueId"].upper()) == [record["Id"]]
    assert await sandbox.ids(Id=1) == []


@pytest.mark.parametrize(
    ("path", "params"),
    [
        (f"{CARDS}/1", {}),
        (CARDS, {"CrmOpportunity_Id": "[1,2]"}),
        (CARDS, {"id": "[1,2]"}),
        (CARDS, {"id": "[]"}),
        ("/spaces/coworkers/1", {}),
        *((f"{CARDS}/{beyond}", {}) for beyond in BEYOND),
        *((CARDS, {"CrmOpportunity_Id": f"[1,{beyond}]"}) for beyond in BEYOND),
        (f"{CARDS}/commands", {"id": BEYOND[0]}),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_what_is_not_there_is_404(
    sandbox: Sandbox, path: str, params: dict[str, str]
) -> None:
    response = await sandbox.client.get(path, params=params)
    assert (response.status_code, response.json()) == (404, "Not found")


@pytest.mark.parametrize("beyond", BEYOND, ids=len)
async def test_a_number_that_no_column_can_hold_is_nobodys(sandbox: Sandbox, beyond: str) -> None:
    everything = await sandbox.ids()
    for name in (
        "Id",
        "CrmOpportunity_Coworker",
        "CrmOpportunity_Status",
        "CrmOpportunity_Position",
    ):
        assert await sandbox.ids(**{name: beyond}) == []
    assert await sandbox.ids(to_CrmOpportunity_Position=beyond) == everything
    assert await sandbox.ids(from_CrmOpportunity_Position=f"-{beyond}") == everything
    gone = await sandbox.client.delete(f"{CARDS}/{beyond}")
    assert (gone.status_code, gone.json()) == (404, "Not found")
    await sandbox.switch(put_by_id=True)
    record = await sandbox.card("Negotiation")
    put = await sandbox.client.put(f"{CARDS}/{beyond}", content=encode(record))
    assert (put.status_code, put.json()) == (404, "Not found")


@pytest.mark.parametrize(
    "params",
    [
        {"page": "0"},
        {"size": "many"},
        {"dir": "-1"},
        {"orderby": "Colour"},
        {"CrmOpportunity_Id": "[1,x]"},
        {"CrmOpportunity_Status": "Won"},
        {"CrmOpportunity_Completed": "maybe"},
        {"from_CrmOpportunity_DueDate": "tomorrow"},
        {"to_CrmOpportunity_Value": "1,50"},
    ],
)
async def test_a_parameter_that_cannot_be_read_is_named(
    sandbox: Sandbox, params: dict[str, str]
) -> None:
    response = await sandbox.client.get(CARDS, params=params)
    assert response.status_code == 400
    assert next(iter(params)) in response.json()["Message"]


async def test_big_answers_are_compressed_for_who_accepts_it(sandbox: Sandbox) -> None:
    plain = await sandbox.client.get(CARDS, headers={"Accept-Encoding": "identity"})
    packed = await sandbox.client.get(CARDS, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 3
    assert packed.content == plain.content
