"""Gates going all the ways that they can, so that each statement is looked at."""

from datetime import timedelta
from uuid import uuid4

from services.branding.gates import timers
from smartcity.branding.v1 import gates_pb2 as pb
from tests.branding.tickets.ticketing import SELLER, Ticketing, stamp
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    office = Ticketing(served)
    sale, adult = await office.on_sale(price=0)
    tokens = [one.token for one in (await office.order(sale, adult, 2)).order.tickets]
    place = (await office.sale(destination="tugu-muda")).id
    gates = [
        (await office.call(pb.CreateGateRequest(sale=each, name="Utara"), SELLER)).gate.id for each in (sale, place)
    ]
    served.pass_time(days=30)
    code = (await office.call(pb.GetGateListRequest(id=gates[0]), SELLER)).page.text.splitlines()[-1].split(" ")[0]
    await office.ticket(code)
    for minutes, offline in enumerate((False, True, True)):  # each tells of what was before those that are known
        at = stamp(served.now - timedelta(minutes=minutes))
        scans = [pb.Scan(scan=str(uuid4()), shown=token, time=at) for token in tokens]
        await office.call(pb.UploadScansRequest(id=gates[0], scans=scans, offline=offline), SELLER)
    await timers.forget(served.runtime)
    for gate in gates:
        await office.call(pb.GetGateRequest(id=gate), SELLER)
        await office.call(pb.GetGateListRequest(id=gate), SELLER)
    await office.call(pb.ListGatesRequest(sale=sale), SELLER)
    asked = pb.ListAmissScansRequest(sale=sale, page_size=1)
    asked.page_token = (await office.call(asked, SELLER)).next_page_token
    await office.call(asked, SELLER)
    served.now -= timedelta(days=30)


LIVES = {"gates": _live}
