"""What is one's own, of all pillars, in one place: where somebody comes who has logged in."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.city.permitting import permitting_of
from gateway.city.riding import riding_of
from gateway.city.teaching import teaching_agencies
from gateway.city.ticketing import sellers_of
from gateway.gateway import current_gateway
from gateway.portal.kit.page import PageRoute, city_words, render

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/saya")
async def own(request: Request) -> Response:
    """Ways to it; each page asks for the login that it needs."""
    return render(request, "city/own.html", private=True, here="own", pages=list(_pages(request)))


def _pages(request: Request) -> Iterator[tuple[str, str]]:
    """The addresses that this city has, each with the text of its name."""
    city, words = current_gateway(request).city, city_words(request)
    yield "/laporan-saya", "mine.title"
    if words.terms.wallets:
        yield "/dompet", "wallet.title"
    if riding_of(city).agency:
        yield "/transit/kartu", "card.title"
    if sellers_of(city):
        yield "/wisata/tiket", "ticket.own"
    yield "/wisata/usul", "event_own.title"
    if permitting_of(city).kinds:
        yield "/izin/saya", "permit.own"
    if words.participates:
        yield "/sosial/dukungan-saya", "supports.title"
    if teaching_agencies(city):
        yield "/sosial/kursus-saya", "enrolment.title"
    yield "/usaha", "site.business"
    if words.participates:
        yield "/sosial/data-saya", "own_data.title"
