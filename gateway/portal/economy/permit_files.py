"""The paper of a permit as a file."""

from __future__ import annotations

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers import permit_papers
from gateway.callers.session import current_caller
from gateway.city.permitting import permitting_of
from gateway.gateway import current_gateway
from gateway.portal.kit import dates
from gateway.portal.kit.page import city_words, texts_of
from smartcity.economy.v1 import permits_pb2 as pb
from smartcity.economy.v1 import permits_views as views


async def answer(request: Request, found: views.Permit) -> Response:
    """The paper of a permit of the caller's, as it is now."""
    gateway, texts, city = current_gateway(request), texts_of(request), city_words(request)
    asked = pb.GetPermitPaperRequest(code=found.code)
    told = views.permit_paper((await gateway.pillars.call(asked, current_caller(request))).paper)
    kind = permitting_of(gateway.city).kinds.get(told.kind)
    issued = dates.day(told.issue_time, texts, city.city.timezone) if told.issue_time else ""
    area = told.area

    def shown(stamp: str) -> str:
        return dates.plain_day(stamp, texts, city.city.timezone)

    today = shown(datetime.now(city.city.timezone).date().isoformat())
    state = f"{texts(f'permit_check.{told.validity}')} ({today})"
    facts = [
        *([(texts("permit_paper.now"), state)] if told.validity != "valid" else []),
        (texts("permit.number"), told.code),
        (texts("permit.holder"), found.holder),
        (texts("permit.name"), told.name),
        (texts("permit.where"), ", ".join(filter(None, [told.place, area.name if area else ""]))),
        *([(texts("permit.nib"), told.nib)] if told.nib else []),
        (texts("permit.validity"), " – ".join(map(shown, dict.fromkeys([told.first_day, told.last_day])))),
        (texts("permit.basis"), kind.basis if kind else ""),
        (texts("permit.issued"), issued),
    ]
    notes = [texts("permit_paper.deemed") if told.deemed else texts("permit_paper.granted")]
    if told.electronic_simulated:
        notes.append(texts("permit_paper.simulated", provider=told.electronic_provider))
    notes.append(texts("permit_paper.check"))
    address = f"{gateway.settings.public_url.rstrip('/')}/izin/cek/{told.code}"
    made = permit_papers.pdf(
        city.name, city.agency_names.get(told.agency, told.agency), kind.name(texts.language) if kind else told.kind,
        told.code, facts, notes, address, f"{address}?s={found.signature}", language=texts.language,
    )  # fmt: skip
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{told.code}.pdf"'}
    return Response(made, headers=headers, media_type="application/pdf")
