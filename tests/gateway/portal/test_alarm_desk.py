"""The desk of alarms: rules are read by all of the city's staff, and changed, added and tried by their agency's."""

import re
from collections.abc import AsyncIterator

import pytest

from gateway.portal.environment import alarm_desk
from tests.fixtures.house import new_key
from tests.gateway.portal.pages import Browser
from tests.gateway.portal.test_sensor_desk import with_stream
from tests.gateway.running import Stand

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-"
WHY = "Dasar sungai dikeruk, ambang dinaikkan."


@pytest.fixture
async def works(stand: Stand) -> AsyncIterator[Browser]:
    """An officer of the agency for public works, whose gauges and pumps are."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("petugas-dpu"))


async def _gauge(works: Browser) -> tuple[str, str]:
    page, stream = await with_stream(works)
    return page.answer.url.path.rpartition("/")[2], stream


async def test_the_rules_of_the_citys_gauges_are_told_with_what_was_made_up(works: Browser) -> None:
    page = await works.open("/petugas/alarm/pasut-tanjung-emas")
    assert "Alarm from 1.60 m on." in page.words
    assert "made up" in page.words
    assert "not-mine" in page.ids
    assert (await works.open("/petugas/alarm")).status == 200


async def test_all_rules_of_a_thing_are_shown_however_many_fit_a_page(
    works: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = (await works.open("/petugas/alarm/pasut-tanjung-emas")).source.count('data-rule="')
    monkeypatch.setattr(alarm_desk, "MOST", 2)
    assert (await works.open("/petugas/alarm/pasut-tanjung-emas")).source.count('data-rule="') == every > 2


async def test_a_rule_is_added_tried_changed_and_paused_with_its_history(works: Browser) -> None:
    code, stream = await _gauge(works)
    form = f"add-{stream}-form"
    page = await works.open(f"/petugas/alarm/{code}?deret={stream}&jenis=threshold")
    page = await works.send(page.forms[form], name="siaga", limit="1,7", hysteresis="0,1", act="try")
    assert "There would have been 0 alarms" in page.words
    page = await works.send(page.forms[form], act="save", reason=WHY)
    assert ("The rule is in force from now on." in page.words, "Alarm from 1.70 m on." in page.words) == (True, True)
    found = re.search(r'id="(change-[^"]+)-form"', page.source)
    assert found is not None
    page = await works.send(page.forms[f"{found[1]}-form"], limit="dua", act="save", reason=WHY)
    assert (page.status, page.ids[f"{found[1]}-limit"]["aria-invalid"]) == (422, "true")
    page = await works.send(page.forms[f"{found[1]}-form"], limit="1.825", paused="yes", act="save", reason=WHY)
    assert "Alarm from 1.825 m on." in page.words
    assert "paused" in page.words
    rule = found[1].removeprefix("change-")
    page = await works.open(f"/petugas/alarm/{code}/aturan/{rule}")
    assert ("1.70 m" in page.words, "1.825 m" in page.words, WHY in page.words) == (True, True, True)
    said = page.source.split('id="versions"')[1].split("</ol>")[0]
    assert (said.count(">you</span>"), re.search(UUID, said)) == (2, None), "nobody's login"


@pytest.mark.parametrize("kind", ["rate", "silence", "stuck"])
async def test_every_kind_of_rule_has_its_form(works: Browser, kind: str) -> None:
    code, stream = await _gauge(works)
    page = await works.open(f"/petugas/alarm/{code}?deret={stream}&jenis={kind}")
    entries = {"name": f"r{new_key()[-8:]}", "limit": "0,5", "window_seconds": "3.600", "reason": WHY, "act": "save"}
    if kind == "silence":
        del entries["limit"]
    page = await works.send(page.forms[f"add-{stream}-form"], **entries)
    assert "The rule is in force from now on." in page.words, page.words
    assert "1 h" in page.words
    assert 'value="3600"' in page.source


async def test_terms_that_make_no_sense_are_told_beside_their_fields(works: Browser) -> None:
    code, stream = await _gauge(works)
    page = await works.open(f"/petugas/alarm/{code}?deret={stream}&jenis=rate")
    entries = {"name": "naik", "limit": "0,5", "hysteresis": "0,5", "window_seconds": "600", "reason": WHY}
    page = await works.send(page.forms[f"add-{stream}-form"], **entries, act="save")
    assert (page.status, page.ids[f"add-{stream}-hysteresis"]["aria-invalid"]) == (422, "true")


async def test_a_name_that_no_rule_can_have_is_told_in_words_of_rules(works: Browser) -> None:
    code, stream = await _gauge(works)
    page = await works.open(f"/petugas/alarm/{code}?deret={stream}&jenis=rate")
    entries = {"name": "Siaga Merah", "limit": "0,5", "window_seconds": "3.600", "reason": WHY, "act": "save"}
    page = await works.send(page.forms[f"add-{stream}-form"], **entries)
    assert (page.status, "such as siaga" in page.words, "QRIS" in page.words) == (422, True, False)


async def test_a_limit_that_a_colleague_changed_stays_where_a_form_of_the_rule_came_too_late(works: Browser) -> None:
    code, stream = await _gauge(works)
    page = await works.open(f"/petugas/alarm/{code}?deret={stream}&jenis=threshold")
    rule = {"name": "siaga", "limit": "1,7", "hysteresis": "0,1", "act": "save", "reason": WHY}
    page = await works.send(page.forms[f"add-{stream}-form"], **rule)
    name = next(name for name in page.forms if name.startswith("change-"))
    opened = await works.open(f"/petugas/alarm/{code}")
    await works.send(page.forms[name], limit="2,5", act="save", reason=WHY)
    late = await works.send(opened.forms[name], hysteresis="0,2", act="save", reason=WHY)
    filled = late.forms[name].filled()
    assert (late.status, filled["limit"], filled["hysteresis"]) == (412, "2.5", "0,2")
    page = await works.send(late.forms[name], act="save")
    assert ("The rule is changed" in page.words, "Alarm from 2.50 m on." in page.words) == (True, True)
