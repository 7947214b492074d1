"""Routing: suggestions with their reasons, and drafts tried on what was."""

from typing import Any

import pytest

from tests.governance.calls import DLH, DPU, Records
from tests.governance.conftest import ADMIN, CITIZEN, refused

HEADER = "order,category,area,agency,why_id,why_en\n"
REST = "900,*,*,diskominfo,Sisanya.,The rest.\n"


def draft(records: Records, **agencies: str) -> str:
    """The rules in force, with another agency for some categories."""
    rules = records.runtime.city.rules
    lines = [
        f"{rule.order},{rule.category},{rule.area},{agencies.get(rule.category, rule.agency)},"
        f'"{rule.why_id}","{rule.why_en}"'
        for rule in rules
    ]
    return HEADER + "\n".join(lines) + "\n"


async def test_a_text_leads_to_categories_and_why_an_agency(records: Records) -> None:
    answer = await records.routing("SuggestCategories", text="Lampu jalan mati sejak kemarin, gelap gulita")
    best = answer.suggestions[0]
    assert (best.category.id, best.agency.id) == ("pju-mati", "disperkim")
    assert best.routing.why_id
    assert best.routing.why_en
    assert 0 < best.score <= 1


async def test_the_place_decides_where_the_rules_say_so(records: Records) -> None:
    text = "Pelayanan kelurahan lambat, surat pengantar tidak jadi"
    agencies = set()
    for area in ("33.74.01.1001", "33.74.16.1001"):
        answer = await records.routing("SuggestCategories", text=text, area_code=area)
        agencies.add(answer.suggestions[0].agency.id)
    assert agencies == {"kec-semarang-tengah", "kec-tugu"}


async def test_a_text_that_says_nothing_suggests_nothing(records: Records) -> None:
    assert not (await records.routing("SuggestCategories", text="zzz")).suggestions


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"text": "Lampu mati", "area_code": "99.99"}, "AREA_UNKNOWN"),
        ({"text": "x" * 5001}, "TEXT_LENGTH"),
        ({"text": "\u200b"}, "TEXT_LENGTH"),
        ({}, "TEXT_LENGTH"),
    ],
)
async def test_a_bad_question_is_refused(records: Records, fields: dict[str, Any], reason: str) -> None:
    with refused(reason):
        await records.routing("SuggestCategories", **fields)


async def test_a_draft_shows_what_would_go_elsewhere_and_changes_nothing(records: Records) -> None:
    moved, stays = await records.file(), await records.file(category="sampah-menumpuk")
    answer = await records.routing("SimulateRouting", ADMIN, rules_csv=draft(records, **{"jalan-rusak": "disperkim"}))
    assert (answer.tried, answer.changed) == (2, 1)
    assert [(one.code, one.before.id, one.after.id) for one in answer.differences] == [(moved.code, "dpu", "disperkim")]
    loads = {load.agency.id: (load.before, load.after) for load in answer.loads}
    assert loads == {"dpu": (1, 0), "disperkim": (0, 1), "dlh": (1, 1)}
    for filed, agency in ((moved, "dpu"), (stays, "dlh")):
        assert (await records.complaint("GetComplaint", code=filed.code)).complaint.agency.id == agency


async def test_the_rules_in_force_as_a_draft_change_nothing(records: Records) -> None:
    await records.file()
    answer = await records.routing("SimulateRouting", ADMIN, rules_csv=draft(records))
    assert (answer.tried, answer.changed) == (1, 0)


async def test_only_the_last_complaints_are_tried_and_no_drill(records: Records) -> None:
    for _ in range(3):
        await records.file()
        records.governance.pass_time(minutes=1)
    await records.file(ADMIN, exercise=True)
    assert (await records.routing("SimulateRouting", ADMIN, rules_csv=HEADER + REST, last=2)).tried == 2
    assert (await records.routing("SimulateRouting", ADMIN, rules_csv=HEADER + REST)).tried == 3


async def test_an_officer_sees_only_differences_of_the_own_agency_and_no_secret_case(records: Records) -> None:
    own = await records.file()
    await records.file(secret=True)
    await records.file(category="pju-mati")
    rules = HEADER + REST
    seen: dict[str, Any] = {}
    for officer in (DPU, DLH):
        answer = await records.routing("SimulateRouting", officer, rules_csv=rules)
        assert answer.changed == 3
        seen[officer.agency] = [one.code for one in answer.differences]
    assert seen == {"dpu": [own.code], "dlh": []}


async def test_a_citizen_does_not_simulate(records: Records) -> None:
    with refused("ROLE_NOT_ALLOWED"):
        await records.routing("SimulateRouting", CITIZEN, rules_csv=HEADER + REST)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (HEADER + "10,jalan-rusak,*,kementerian,Ya.,Yes.\n" + REST, 'draft:2: unknown agency "kementerian"'),
        (HEADER + "10,jalan-rusak,*,dpu,Ya.,Yes.\n", "no rule for everything else"),
        ("", "rules_csv is empty"),
        ("x" * 262_145, "give 1 to 262,144."),
        ("a;b\n1;2\n", "draft"),
    ],
)
async def test_a_draft_that_is_not_sound_is_refused_with_its_line(records: Records, rules: str, said: str) -> None:
    with refused("RULES_INVALID") as caught:
        await records.routing("SimulateRouting", ADMIN, rules_csv=rules)
    assert said in caught.value.message


@pytest.mark.parametrize("last", [-1, 10_001])
async def test_too_many_complaints_are_refused(records: Records, last: int) -> None:
    with refused("LAST_INVALID") as caught:
        await records.routing("SimulateRouting", ADMIN, rules_csv=HEADER + REST, last=last)
    assert caught.value.metadata == {"field": "last"}
