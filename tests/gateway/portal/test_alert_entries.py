"""What the form of a service alert holds of an alert, and what it would lose."""

from zoneinfo import ZoneInfo

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.answers.problems import FieldError, Problem
from gateway.portal.kit.acting import FormState
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.texts import Texts
from gateway.portal.kit.trouble import Trouble
from gateway.portal.living.alert_entries import placed, whole
from smartcity.living.v1 import alerts_pb2 as pb

_WHERE = "The id of a stop is written on its page."
ZONE = ZoneInfo("Asia/Jakarta")


def _alert(*entities: pb.ServiceAlertEntity) -> pb.ServiceAlert:
    return pb.ServiceAlert(header="Halte ditutup", entities=entities)


def _period(seconds: int) -> pb.ServiceAlertPeriod:
    return pb.ServiceAlertPeriod(start_time=Timestamp(seconds=seconds))


def test_what_the_form_writes_it_holds() -> None:
    """Lines, stops of lines and a stretch that close; a period of whole minutes; a detour."""
    one = _alert(
        *(pb.ServiceAlertEntity(route=line, from_stop="A", to_stop="B", closes=True) for line in ("K1", "K2")),
    )
    one.periods.append(_period(1_795_834_800))
    one.detours.add(route="K1", skipped_stops=["A"], note="Lewat utara.")
    assert whole(one, ZONE)
    assert whole(_alert(pb.ServiceAlertEntity(stop="A"), pb.ServiceAlertEntity(stop="B")), ZONE)


@pytest.mark.parametrize(
    "one",
    [
        _alert(pb.ServiceAlertEntity(agency="dishub")),
        _alert(pb.ServiceAlertEntity(route="K1"), pb.ServiceAlertEntity(stop="A", closes=True)),
        _alert(*(pb.ServiceAlertEntity(from_stop=one, to_stop="Z") for one in "AB")),
        pb.ServiceAlert(entities=[pb.ServiceAlertEntity(stop="A")], periods=[_period(60), _period(120)]),
        pb.ServiceAlert(entities=[pb.ServiceAlertEntity(stop="A")], periods=[_period(61)]),
        pb.ServiceAlert(
            entities=[pb.ServiceAlertEntity(route="K1")],
            detours=[pb.ServiceAlertDetour(route=line) for line in ("K1", "K2")],
        ),
    ],
    ids=("agency", "a line and a stop", "two stretches", "two periods", "seconds", "two detours"),
)
def test_what_was_written_over_the_api_is_not_offered_to_be_lost(one: pb.ServiceAlert) -> None:
    assert not whole(one, ZONE)


@pytest.mark.parametrize(
    ("reason", "field", "named", "errors"),
    [
        ("ALERT_PERIOD_OVER", "periods", "", {"end": "That time is over already. Give an end that is to come, or leave "
         "it empty."}),
        ("ENTITY_UNKNOWN", "entities", "TS99, TS98", {
            "stops": f"Not in the timetable that holds: TS99. {_WHERE}",
            "stretch_to": f"Not in the timetable that holds: TS98. {_WHERE}"}),
        ("STRETCH_REVERSED", "entities", "TS98 → TS001", {
            "stretch_to": "Buses go the other way: TS98 → TS001. Swap the two ends of the stretch."}),
        ("STOP_OFF_LINE", "entities", "TS99", {
            "stops": "The chosen line does not call at: TS99. The lines of a stop are on its page."}),
    ],
)  # fmt: skip
def test_what_a_pillar_refuses_is_said_at_its_entry(
    reason: str, field: str, named: str, errors: dict[str, str]
) -> None:
    texts = Texts("en")
    problem = Problem(422, reason, "in English", errors=[FieldError(field, "in English")], named=named)
    form = Fields(stops="TS001, TS99", stretch_from="TS001", stretch_to="TS98")
    shown = placed(FormState(form=form, trouble=Trouble.of(problem, texts)), texts)
    assert shown.trouble is not None
    assert shown.trouble.errors == errors
    assert (shown.trouble.message == "") is bool(named), "it is said once, where it is"
