"""Residents and consents going all the ways that they can, so that each statement is looked at."""

from datetime import date, timedelta

from services.society.residents import gauges, timers
from smartcity.society.v1 import consents_pb2
from smartcity.society.v1 import residents_pb2 as pb
from tests.fixtures.pillars import Served
from tests.society.residents.people import BUDI, NOTE, OFFICE, SEKAYU, SITI, People, number


async def _live(served: Served) -> None:
    people = People(served)
    await people.agree()
    first = await people.verified()
    await people.verify(await people.declared(area="33.74.13.1007"), number(date(1990, 8, 17)))
    await people.declared(BUDI, date(1980, 1, 1), area="33.74.13.1007")
    second = await people.declared(BUDI, date(1980, 1, 1))
    await people.call(pb.GetResidentRequest(id=first.id), SITI)
    await people.call(pb.GetResidentRequest(id=second.id), OFFICE)
    await people.call(pb.ListResidentsRequest(code=second.code), OFFICE)
    await gauges.GAUGES.read(served.runtime)
    for caller in (SITI, OFFICE):
        for state in (pb.RESIDENT_STATE_UNSPECIFIED, pb.RESIDENT_STATE_WAITING, pb.RESIDENT_STATE_ENDED):
            request = pb.ListResidentsRequest(page_size=1, state=state)
            request.page_token = (await people.call(request, caller)).next_page_token
            await people.call(request, caller)
    await people.call(pb.DeclineResidentRequest(id=second.id, etag=second.etag, note=NOTE), OFFICE)
    said = {"nik": number(date(1980, 1, 1)), "birth_date": "1980-01-01", "area_code": SEKAYU}
    await people.declared(BUDI, date(1980, 1, 1))
    await people.call(pb.AttestResidentRequest(**said), BUDI)
    await people.call(consents_pb2.ListConsentsRequest())
    await people.call(consents_pb2.WithdrawConsentRequest(purpose="transit"))
    served.pass_time(days=91)
    await timers.forget(served.runtime)
    served.now -= timedelta(days=91)


LIVES = {"residents": _live}
