"""A governance pillar with as many complaints as a test wants, five lines of history each, as a city files them."""

import importlib.util
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from types import ModuleType
from typing import Any

from services.governance.pillar import PILLAR
from services.kit import codes
from services.kit.caller import ANONYMOUS, Caller
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import complaints_pb2_grpc, overview_pb2, overview_pb2_grpc
from tests.fixtures.pillars import Served

DAYS = 212
SAMPLE = 400
"""Complaints with a code that can be asked for."""
ENTRIES = 5

_COMPLAINTS = """
INSERT INTO governance.complaint (
    id, code, version, state, class, category, area, agency, lon, lat, landmark, text, public_text, rule, why_id,
    why_en, channel, created_at, updated_at, link_hash, rating, resolved_at, on_time, resolution, breached, due_at,
    wake_at)
SELECT (lpad(to_hex((extract(epoch FROM filed_at) * 1000)::bigint), 12, '0') || '70008000'
        || lpad(to_hex(n), 12, '0'))::uuid,
       'x' || n, 10, (ARRAY['closed', 'closed', 'closed', 'resolved', 'in_progress'])[1 + n % 5], 'ordinary',
       'sampah-menumpuk', ($3::text[])[1 + n % cardinality($3::text[])], ($4::text[])[1 + n % cardinality($4::text[])],
       110.3 + random() * 0.2, -7.1 + random() * 0.15, '', repeat('Sampah menumpuk di depan pasar. ', 4), '', 1,
       'aturan', 'rule', 'api', filed_at, filed_at, decode(md5(n::text), 'hex'),
       CASE WHEN closed THEN n % 6 ELSE 0 END, CASE WHEN closed THEN least(filed_at + interval '9 days', $2) END,
       n % 4 > 0, due, CASE WHEN due <= $2 THEN '{resolution}'::text[] ELSE '{}' END, due,
       CASE WHEN due > $2 THEN due END
  FROM (SELECT n, $2::timestamptz - make_interval(days => $5) * (1 - n::float8 / $1) - interval '1 minute' AS filed_at,
               n % 5 < 4 AS closed
          FROM generate_series(1, $1::integer) AS n) AS numbered,
       LATERAL (SELECT CASE WHEN NOT closed THEN filed_at + interval '3 days' * (5 + n % 10) END AS due) AS clocks
"""
_HISTORIES = """
INSERT INTO governance.entry (complaint_id, number, at, type, by, state, note, salt, note_digest, previous_hash, hash,
                              trace_id, public, sealed_on)
SELECT id, number, created_at + number * interval '1 day', 'smartcity.governance.v1.ComplaintStatusChanged', 'officer',
       'assigned', 'Sedang ditangani', '\\x00', sha256(id::text::bytea), sha256(code::bytea), sha256(text::bytea), '',
       true, created_at::date + 1
  FROM governance.complaint, generate_series(1, $1::integer) AS number
"""


@dataclass
class City:
    """The pillar with its complaints, and what people ask of it."""

    served: Served
    cases: int
    codes: list[str] = field(default_factory=list)
    random: Random = field(default_factory=lambda: Random(3374))

    async def fill(self) -> None:
        """Writes the complaints and histories, and lets the server know of them as if they had come one by one."""
        admin, city = self.served.admin, self.served.runtime.city
        areas = [code for code, area in city.areas.items() if area.is_lowest]
        await admin.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        await admin.execute(_COMPLAINTS, self.cases, self.served.now, areas, sorted(city.agencies), DAYS, timeout=1800)
        await admin.execute(_HISTORIES, ENTRIES, timeout=1800)
        chosen = await admin.fetch("SELECT id FROM governance.complaint ORDER BY md5(code) LIMIT $1", SAMPLE)
        for row in chosen:
            self.codes.append(codes.new(city.code_prefix, codes.SHORT + 2))
            await admin.execute("UPDATE governance.complaint SET code = $2 WHERE id = $1", row["id"], self.codes[-1])
        await admin.execute(
            f"SET session_replication_role = origin; SET search_path = governance; {_counters().FILL}", timeout=1800
        )
        for timer in PILLAR.timers:
            await timer.run(self.served.runtime)
        await admin.execute("VACUUM (ANALYZE)", timeout=1800)
        await admin.execute("CHECKPOINT", timeout=1800)

    async def read(self) -> None:
        """Anybody reads a case."""
        await self._call("GetComplaint", pb.GetComplaintRequest(code=self.random.choice(self.codes)))

    async def file(self) -> None:
        """Somebody files."""
        area = self.random.choice([code for code, one in self.served.runtime.city.areas.items() if one.is_lowest])
        request = pb.CreateComplaintRequest(
            request_id=secrets.token_hex(8), text="Sampah menumpuk di depan pasar", category="sampah-menumpuk",
            area_code=area,
        )  # fmt: skip
        await self._call("CreateComplaint", request)

    async def page(self) -> None:
        """An officer opens the list."""
        await self._call(
            "ListComplaints", pb.ListComplaintsRequest(page_size=20), Caller("o", frozenset({"officer"}), "dlh")
        )

    async def similar(self) -> None:
        """Somebody about to file asks for what is alike."""
        await self._call(
            "ListSimilarComplaints", pb.ListSimilarComplaintsRequest(text="Sampah", area_code="33.74.01.1007")
        )

    async def poll(self) -> None:
        """The timer of complaints looks for what is due."""
        (timer,) = [one for one in PILLAR.timers if one.name == "complaints due"]
        await timer.run(self.served.runtime)

    async def overview(self) -> None:
        """The gateway reads the section of the home."""
        request = overview_pb2.GetOverviewRequest()
        found = await self.served.call(overview_pb2_grpc.OverviewServiceStub, "GetOverview", request, ANONYMOUS)
        assert found.open > self.cases / 10

    async def gauge(self) -> None:
        """The process reads its gauges."""
        for gauges in PILLAR.gauges:
            await gauges.read(self.served.runtime)

    async def _call(self, rpc: str, request: Any, caller: Caller = ANONYMOUS) -> Any:
        return await self.served.call(complaints_pb2_grpc.ComplaintServiceStub, rpc, request, caller)


def _counters() -> ModuleType:
    (file,) = PILLAR.migrations.glob("*_counters.py")
    spec = importlib.util.spec_from_file_location("counters", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def hour(now: datetime) -> datetime:
    """A time of the day that is the same for all runs."""
    return now.replace(hour=3, minute=30, second=0, microsecond=0)
