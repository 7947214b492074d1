"""Whose officers wrote what waits of an event, beside pods of the version before, which do not know of it."""

import pytest

from services.branding.city_events import store
from smartcity.branding.v1 import city_events_pb2
from tests.branding.cancellations.test_by_whom import elsewhen, of_an_agency, put_off
from tests.branding.city_events.stage import WRITER, Stage
from tests.branding.tickets.ticketing import DLH, Ticketing
from tests.governance.conftest import refused


async def test_what_an_agency_wrote_decides_nothing_once_the_office_wrote_over_a_pod_of_before(
    office: Ticketing, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, event = Stage(office.served), await of_an_agency(office)
    written = await stage.rewrite(event, DLH, schedule=event.content.schedule, venue="Taman lain")
    with monkeypatch.context() as before:
        before.setattr(store.EVENTS, "_save", _saved_before())
        done = await stage.rewrite(written, WRITER, schedule=elsewhen(office))
    with refused("OCCASION_ON_SALE"):
        await stage.publish(done)


async def test_what_an_agency_wrote_stays_its_own_when_a_pod_of_before_changes_something_else(
    office: Ticketing, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, event = Stage(office.served), await of_an_agency(office)
    written = await stage.rewrite(event, DLH, schedule=put_off(office, event))
    async with office.served.runtime.transaction() as tx:
        found = await store.find(tx, event.id)
        assert found is not None
        monkeypatch.setattr(store.EVENTS, "_save", _saved_before())
        await store.save(tx, found)
    monkeypatch.undo()
    done = await stage.publish(written)
    assert [(one.moved, one.state) for one in done.occasions] == [(True, city_events_pb2.OCCASION_STATE_PLANNED)]


def _saved_before() -> str:
    """How a pod of before saves an event: it knows nothing of whose officers wrote."""
    return store.EVENTS._save.replace("written_agency = excluded.written_agency, ", "")
