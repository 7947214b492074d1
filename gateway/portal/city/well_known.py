"""What programs ask every site for: what search engines leave alone, and where a weakness is reported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from gateway.answers.problems import Problem
from gateway.gateway import current_gateway

ROBOTS = """User-agent: *
Allow: /static/
{languages}Allow: /wisata*?page=
Allow: /wisata/*?dari=
Disallow: /v1/
Disallow: /v1/*?lang=
Disallow: /auth/
Disallow: /auth/*?lang=
Disallow: /petugas
Disallow: /petugas*?lang=
Disallow: /*?
"""
"""RFC 9309: of two rules that fit the longer one holds. A question (``?``) is a search or a journey, of which there is
no end; but what pages are drawn with has one too, and so have pages in a further language, and places to visit and
events that come after the first page of their list and remember (``dari``) where they were come upon. ``languages`` are
the city's but the first.
"""
TELLS = timedelta(days=30)
"""For how long the address of who hears of weaknesses is told to hold."""

router = APIRouter(include_in_schema=False)
_DAY = {"cache-control": "public, max-age=86400"}


@router.get("/robots.txt")
async def robots(request: Request) -> Response:
    """What search engines leave alone."""
    others = current_gateway(request).city.languages[1:]
    languages = "".join(f"Allow: /*?lang={each}\n" for each in others)
    return PlainTextResponse(ROBOTS.format(languages=languages), headers=_DAY)


@router.get("/.well-known/security.txt")
async def security(request: Request) -> Response:
    """Where a weakness is reported (RFC 9116); there is no such file where the installation names nobody."""
    gateway = current_gateway(request)
    contact = gateway.settings.security_contact
    if not contact:
        raise Problem(404, "PAGE_NOT_FOUND", "This installation does not say who hears of weaknesses.")
    expires = (datetime.now(UTC) + TELLS).replace(microsecond=0)
    lines = (
        f"Contact: {contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(gateway.city.languages)}",
        f"Canonical: {gateway.settings.public_url.rstrip('/')}/.well-known/security.txt",
    )
    return PlainTextResponse("".join(f"{line}\n" for line in lines), headers=_DAY)


@router.get("/favicon.ico")
async def icon() -> Response:
    """The logo, for browsers that ask without being told."""
    return RedirectResponse("/static/logo.svg", 301)
