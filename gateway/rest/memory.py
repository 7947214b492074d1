"""The hot public reads: ready bytes from memory, as plain Starlette routes (a third of the cost of FastAPI's)."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gateway.gateway import Gateway
from gateway.rest.questions import asking_nothing

_CITY_HEADERS = {"cache-control": "public, max-age=1"}


def mount(app: FastAPI) -> None:
    """Adds the routes; ``gateway.openapi`` describes them."""
    app.add_route("/v1/city", asking_nothing(city), include_in_schema=False)
    app.add_route("/v1/categories", asking_nothing(categories), include_in_schema=False)
    app.add_route("/v1/areas", asking_nothing(areas), include_in_schema=False)
    app.add_route("/v1/areas.geojson", asking_nothing(areas_map), include_in_schema=False)
    app.add_route("/v1/agencies", asking_nothing(agencies), include_in_schema=False)
    app.add_route("/v1/services", asking_nothing(services), include_in_schema=False)


async def city(request: Request) -> Response:
    """What the city did lately: a section per pillar, each with its status and age."""
    return Response(_gateway(request).home.body, headers=_CITY_HEADERS, media_type="application/json")


async def categories(request: Request) -> Response:
    """What complaints can be about, with names in Indonesian and English."""
    return _gateway(request).reference.categories.response(request)


async def areas(request: Request) -> Response:
    """The city's kecamatan and kelurahan by their Kemendagri codes."""
    return _gateway(request).reference.areas.response(request)


async def areas_map(request: Request) -> Response:
    """The kelurahan as simplified polygons (GeoJSON, WGS 84)."""
    return _gateway(request).reference.geojson.response(request)


async def agencies(request: Request) -> Response:
    """The city's agencies and what each looks after."""
    return _gateway(request).reference.agencies.response(request)


async def services(request: Request) -> Response:
    """The city's e-services: what each is for, whose it is, and how well that is known."""
    return _gateway(request).reference.services.response(request)


def _gateway(request: Request) -> Gateway:
    gateway: Gateway = request.app.state.gateway
    return gateway
