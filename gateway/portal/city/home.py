"""The city's home, its map, and the files of all pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.calls.pillars import PILLARS
from gateway.city.home import Section
from gateway.gateway import current_gateway
from gateway.portal.environment.things import KINDS, words
from gateway.portal.kit.assets import serve
from gateway.portal.kit.city_map import grades, shades
from gateway.portal.kit.city_words import drawing_of
from gateway.portal.kit.crowds import for_crowds
from gateway.portal.kit.page import PageRoute, city_words, render
from gateway.portal.kit.parts import part
from gateway.portal.society.processes import open_ballots

LEAST_RESOLVED = 5
"""Cases of which a share on time can be told: below it one case more or less would turn the league over."""

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/")
@for_crowds(lambda gateway: gateway.home.changes)
async def home(request: Request) -> Response:
    """What the city did this week, from memory: no call to any pillar."""
    sections = current_gateway(request).home.sections
    votes = _votes(request, sections["society"].overview)
    seen = {name: _seen(sections[name]) for name in PILLARS}
    week = part(
        request, "city/parts/week.html", (seen["governance"], seen["environment"]), lambda: _week(request, sections)
    )
    pillars = part(
        request, "city/parts/pillars.html", (seen, votes), lambda: _pillars(request, sections) | {"votes": votes}
    )
    return render(request, "city/home.html", week=week, pillars=pillars)


def _seen(section: Section) -> object:
    """What of a section is seen: its time to the minute."""
    return section.status, section.overview, section.as_of and section.as_of.replace(second=0, microsecond=0)


def _week(request: Request, sections: Mapping[str, Section]) -> dict[str, Any]:
    governance = sections["governance"].overview
    areas = [row for row in governance.areas if row.area] if governance else []
    counts = {row.area.code: row.filed for row in areas}
    legend = grades(counts.values())
    return {
        "governance": governance,
        "governance_as_of": sections["governance"].as_of,
        "environment": sections["environment"].overview,
        "areas": sorted(areas, key=lambda row: (-row.filed, -row.resolved)),
        "counts": counts,
        "legend": legend,
        "shade": shades(counts, legend),
        "map": drawing_of(current_gateway(request).city),
        "least": LEAST_RESOLVED,
        "agencies": _league(request, governance.agencies if governance else []),
        "thing_kinds": KINDS,
    }


def _pillars(request: Request, sections: Mapping[str, Section]) -> dict[str, Any]:
    overviews = {name: section.overview for name, section in sections.items()}
    words_of_sections = [_section_words(name, sections[name]) for name in PILLARS]
    return overviews | {"sections": words_of_sections} | words(request)


def _votes(request: Request, society: Any) -> int:
    """How many votes go on. A pillar of the version before names no ballots: then the processes in which some do."""
    return len(open_ballots(request)) if not society or "ballots" in society.nouns else society.voting


def _league(request: Request, agencies: list[Any]) -> list[dict[str, Any]]:
    """Agencies by their share on time; those with too few cases for one come last, the busiest first among equals."""
    names = city_words(request).agency_names
    rows = [
        {
            "name": names.get(each.agency.id, each.agency.name),
            "resolved": each.resolved,
            "share": round(100 * each.on_time / each.resolved) if each.resolved >= LEAST_RESOLVED else None,
            "open": each.open,
            "overdue": each.overdue,
        }
        for each in agencies
        if each.agency
    ]
    return sorted(rows, key=lambda row: (row["share"] is None, -(row["share"] or 0), -row["resolved"], row["name"]))


def _section_words(name: str, section: Section) -> dict[str, Any]:
    """A pillar that answers with an empty section serves nothing yet, and says so."""
    overview = section.overview
    nouns = getattr(overview, "nouns", None)
    return {
        "name": name,
        "available": section.status == "ok",
        "serving": overview is not None and nouns != [],
        "as_of": section.as_of,
    }


@router.get("/peta/areas.geojson")
async def outlines(request: Request) -> Response:
    """The outlines of the live map."""
    return current_gateway(request).reference.geojson.response(request)


@router.get("/peta/landmarks.json")
async def landmarks(request: Request) -> Response:
    """Well-known places, to find one's way on a map without tiles."""
    found = current_gateway(request).city.landmarks
    body = msgspec.json.encode([{"name": each.name, "lon": each.lon, "lat": each.lat} for each in found])
    return Response(body, media_type="application/json", headers={"cache-control": "public, max-age=86400"})


router.add_route("/static/{name:path}", serve, ["GET"])
