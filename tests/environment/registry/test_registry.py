"""What the city's profile names is registered once, and stays as officers left it."""

from pathlib import Path

import pytest

from services.environment.registry import profile, timers
from services.kit.city import load_city
from services.kit.city.files import CityError
from smartcity.environment.v1 import datastreams_pb2, rules_pb2, things_pb2
from tests.environment.sensing import Sensing
from tests.governance.conftest import ADMIN, request_id


async def test_what_the_profile_names_is_entered_once_and_what_was_retired_stays_so(sensing: Sensing) -> None:
    await timers.enter_profile(sensing.served.runtime)
    gauge = (await sensing.call(things_pb2.GetThingRequest(id="duga-simongan"))).thing
    assert (gauge.agency, gauge.made_up, gauge.area.name) == ("dpu", False, "Ngemplak Simongan")
    why = "Diganti alat baru di seberang."
    retire = things_pb2.RetireThingRequest(request_id=request_id(), id=gauge.id, etag=gauge.etag, reason=why)
    await sensing.call(retire, ADMIN)
    await timers.enter_profile(sensing.served.runtime)
    assert (await sensing.call(things_pb2.GetThingRequest(id="duga-simongan"))).thing.retire_reason == why
    levels = await sensing.call(datastreams_pb2.ListDatastreamsRequest(things=["duga-simongan"]))
    assert [(one.name, one.unit, one.made_up) for one in levels.datastreams] == [("level", "m", True)]
    assert levels.datastreams[0].sensor == "Radar 26 GHz", "that it was made up is no part of its name"
    said = (await sensing.call(rules_pb2.ListRulesRequest(thing="duga-simongan"))).rules
    assert {(one.name, one.terms.limit, one.made_up, one.paused) for one in said} >= {
        ("waspada", 1.5, False, False), ("siaga", 1.7, False, False), ("awas", 1.8, False, False),
    }  # fmt: skip
    containers = things_pb2.ListThingsRequest(kinds=[things_pb2.THING_KIND_CONTAINER], page_size=1)
    assert (await sensing.call(containers)).things[0].made_up


async def test_a_limit_is_made_up_until_somebody_sets_another_or_says_that_it_is_the_citys(sensing: Sensing) -> None:
    await timers.enter_profile(sensing.served.runtime)
    rules = (await sensing.call(rules_pb2.ListRulesRequest(thing="pasut-tanjung-emas"))).rules
    of = {one.name: one for one in rules}

    async def changed(rule: rules_pb2.Rule, confirmed: bool = False, **terms: float) -> rules_pb2.Rule:
        for field, value in terms.items():
            setattr(rule.terms, field, value)
        asked = rules_pb2.ChangeRuleRequest(
            request_id=request_id(), id=rule.id, etag=rule.etag, terms=rule.terms, confirmed=confirmed,
            reason="Dilihat ulang oleh dinas.",
        )  # fmt: skip
        found: rules_pb2.Rule = (await sensing.call(asked, ADMIN)).rule
        return found

    calmed = await changed(of["siaga"], dwell_seconds=0, calm_seconds=60)
    assert calmed.made_up
    assert not (await changed(calmed, limit=1.9)).made_up
    assert not (await changed(of["awas"], confirmed=True)).made_up


@pytest.mark.parametrize("city", ["semarang", "kabupaten-semarang"])
def test_every_city_has_a_sound_registry(city: str) -> None:
    found = profile.profile_of(load_city(city))
    assert bool(found.things) == (city == "semarang")


HEAD = "code,kind,name,description,agency,lon,lat,made_up,source\n"
GOOD = "duga-a,river_gauge,Duga,,dpu,110.4,-6.98,false,dpu\n"
STREAM = "duga-a,level,water_level,Radar,Kali,0,10,60,true\n"
RULE = "duga-a,level,siaga,threshold,phenomenon,1.7,false,0.1,60,600,0,Ambang siaga,true,dibuat-buat\n"
RULES = "thing,datastream,name,kind,clock,limit,below,hysteresis,dwell,calm,window,reason,made_up,source\n"
STREAMS = "thing,name,property,sensor,feature,least,most,period,made_up\n"


@pytest.mark.parametrize(
    ("things", "streams", "rules", "told"),
    [
        (GOOD * 2, "", "", "is there twice"),
        (GOOD.replace("dpu,110", "no-such,110"), "", "", "agency"),
        (GOOD.replace("river_gauge", "gauge"), "", "", "kind"),
        (GOOD.replace("110.4", "106.8"), "", "", "lies outside the city"),
        (GOOD, STREAM.replace("duga-a", "duga-b"), "", "is unknown"),
        (GOOD, STREAM * 2, "", "is there twice"),
        (GOOD, STREAM.replace("0,10", "10,0"), "", "least is not below most"),
        (GOOD, STREAM.replace("true", ""), "", "made_up"),
        (GOOD, STREAM, RULE * 2, "is there twice"),
        (GOOD, STREAM, RULE.replace("level", "depth"), "is unknown"),
        (GOOD, STREAM, RULE.replace("threshold", "height"), "kind"),
        (GOOD, STREAM, RULE.replace("threshold", "silence"), "come so far apart"),
        (GOOD, STREAM, RULE.replace("1.7", "17"), "measures 0 to 10"),
        (GOOD, STREAM, RULE + RULE.replace("level,siaga", "level,waspada").replace("1.7", "1.9"), "graver level"),
    ],
)
def test_a_mistake_in_the_files_is_named_with_file_and_line(
    tmp_path: Path, things: str, streams: str, rules: str, told: str
) -> None:
    (tmp_path / profile.THINGS).write_text(HEAD + things)
    (tmp_path / profile.DATASTREAMS).write_text(STREAMS + streams)
    (tmp_path / profile.RULES).write_text(RULES + rules)
    with pytest.raises(CityError, match=told) as caught:
        profile._read(tmp_path, frozenset({"dpu"}), load_city("semarang").locate)
    assert all(each.line > 1 for each in caught.value.problems)
