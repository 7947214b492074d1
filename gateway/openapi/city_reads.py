"""How the hot reads are described: FastAPI does not know these plain routes, so their documentation stands here."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from gateway.calls.contracts import component
from gateway.calls.pillars import PILLARS
from gateway.city.home import OVERVIEWS
from gateway.openapi.examples import example_of
from gateway.openapi.operations import KNOWN

_REF = "#/components/schemas/"


def _object(description: str, **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "description": description, "required": list(properties), "properties": properties}


def _text(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **more}


def _list(schema: str, description: str) -> dict[str, Any]:
    return {"type": "array", "description": description, "items": {"$ref": f"{_REF}{schema}"}}


def _section(pillar: str) -> dict[str, Any]:
    """Of a pillar's section: what it shows is as its contract says."""
    status = _text(
        "`ok`; `stale`: the pillar does not answer, and this is what it last said; `unavailable`: it never answered.",
        enum=["ok", "stale", "unavailable"],
    )
    section = _object(f"What {pillar} shows.", status=status)
    as_of = _text(
        "When the pillar said so; stands still while it does not answer, absent until it did.",
        format="date-time",
        examples=["2026-11-24T02:00:00Z"],
    )
    shown = f"{_REF}{component(OVERVIEWS[pillar].method.output_type)}"
    section["properties"] |= {"as_of": as_of, "overview": {"$ref": shown, "description": "Absent until it answered."}}
    return {"title": _section_name(pillar), **section}


def _section_name(pillar: str) -> str:
    return f"{pillar.title()}Section"


def _outline(kind: str, coordinates: dict[str, Any]) -> dict[str, Any]:
    return _object(f"A {kind} (RFC 7946), WGS 84.", type={"const": kind}, coordinates=coordinates)


_POSITION = {"type": "array", "items": {"type": "number"}, "minItems": 2, "description": "Longitude, latitude."}
_RING = {"type": "array", "items": _POSITION, "minItems": 4, "description": "Ends where it began."}
_POLYGON = {"type": "array", "items": _RING, "minItems": 1, "description": "The outline, then its holes."}
_NAMES = _object("A name in both languages.", id=_text("In Indonesian."), en=_text("In English."))
_NAMES_REF = {"$ref": f"{_REF}Names"}

SCHEMAS: dict[str, Any] = {
    "Names": {"title": "Names", **_NAMES},
    "Category": {
        "title": "Category",
        **_object(
            "What a complaint can be about.",
            id=_text("Identifier.", examples=["jalan-rusak"]),
            group=_object("The shelf it stands on.", id=_text("Identifier."), name=_NAMES_REF),
            name=_NAMES_REF,
            **{"class": _text("Which clocks run.", enum=["ordinary", "supervisory", "information", "aspiration"])},
            handling_days={"type": ["integer", "null"], "description": "Working days to resolve; null: no deadline."},
            private={"type": "boolean", "description": "Complaints of this category are secret by themselves."},
            keywords={"type": "array", "items": {"type": "string"}, "description": "Words that suggest it."},
        ),
    },
    "ProfileArea": {
        "title": "ProfileArea",
        **_object(
            "An administrative area.",
            code=_text("Kemendagri code.", examples=["33.74.01.1007"]),
            name=_text("Name."),
            level=_text("What it is.", enum=["kabkota", "kecamatan", "kelurahan", "desa"]),
            parent=_text("Code of the area above."),
            district=_text("Name of the kecamatan it lies in."),
            lon={"type": "number", "description": "Longitude of a point inside, degrees (WGS 84)."},
            lat={"type": "number", "description": "Latitude of a point inside, degrees (WGS 84)."},
        ),
    },
    "ProfileAgency": {
        "title": "ProfileAgency",
        **_object(
            "An agency of the city.",
            id=_text("Identifier.", examples=["dpu"]),
            short=_text("Short name."),
            name=_NAMES_REF,
            level=_text("What it is.", enum=["opd", "kecamatan", "bumd", "blu"]),
            duties=_NAMES_REF,
            topics={"type": "array", "items": {"type": "string"}, "description": "What citizens write to it about."},
            area=_text("Code of the area it serves."),
            source=_text("How well this is sourced.", enum=["verified", "partly", "memory"]),
        ),
    },
    "ProfileService": {
        "title": "ProfileService",
        **_object(
            "An e-service of the city, whoever runs it.",
            id=_text("Identifier.", examples=["call-center-112"]),
            name=_text("Its own name, the same in all languages."),
            agency=_text("Identifier of the agency it is of."),
            purpose=_NAMES_REF,
            audiences={
                "type": "array",
                "items": _text("Whom.", enum=["public", "residents", "business", "customers", "schools", "staff"]),
                "description": "Whom it is for; empty where nobody told.",
            },
            state=_text("Whether another has taken its place.", enum=["active", "replaced"]),
            since={"type": ["integer", "null"], "description": "The year in which it began, where it is known."},
            url=_text("Where it is had: an address, or a telephone number as `tel:`; empty where nobody told."),
            sourcing=_text(
                "How well this is sourced; `listed`: the address is known, and the purpose read from its name.",
                enum=["verified", "partly", "listed"],
            ),
            source=_text("Who tells it."),
        ),
    },
    "CategoryList": {"title": "CategoryList", **_object("All categories.", categories=_list("Category", "Them."))},
    "AreaList": {"title": "AreaList", **_object("All areas.", areas=_list("ProfileArea", "By code."))},
    "AgencyList": {"title": "AgencyList", **_object("All agencies.", agencies=_list("ProfileAgency", "Them."))},
    "ServiceList": {"title": "ServiceList", **_object("All e-services.", services=_list("ProfileService", "Them."))},
    "FeatureCollection": {
        "title": "FeatureCollection",
        **_object(
            "GeoJSON (RFC 7946): a feature per kelurahan with `code`, `name` and `district`.",
            type={"const": "FeatureCollection"},
            features={**_list("Feature", "By code."), "minItems": 1},
        ),
    },
    "Feature": {
        "title": "Feature",
        **_object(
            "A kelurahan or desa and its outline.",
            type={"const": "Feature"},
            properties=_object(
                "What it is.",
                code=_text("Kemendagri code.", examples=["33.74.01.1007"]),
                name=_text("Name."),
                district=_text("Name of the kecamatan it lies in."),
            ),
            geometry={
                "description": "Its outline; of several parts where it has some.",
                "anyOf": [{"$ref": f"{_REF}{name}"} for name in ("Polygon", "MultiPolygon")],
                "examples": [
                    {
                        "type": "Polygon",
                        "coordinates": [[[110.42, -6.98], [110.42, -6.97], [110.41, -6.98], [110.42, -6.98]]],
                    }
                ],
            },
        ),
    },
    "Polygon": {"title": "Polygon", **_outline("Polygon", _POLYGON)},
    "MultiPolygon": {"title": "MultiPolygon", **_outline("MultiPolygon", {"type": "array", "items": _POLYGON})},
    "CityHome": {
        "title": "CityHome",
        **_object(
            "The city today.",
            city={"$ref": f"{_REF}CityHead"},
            sections=_object(
                "A section per pillar.",
                **{pillar: {"$ref": f"{_REF}{_section_name(pillar)}"} for pillar in PILLARS},
            ),
        ),
    },
    "CityHead": {
        "title": "CityHead",
        **_object(
            "Which city this is.",
            id=_text("Identifier of its profile.", examples=["semarang"]),
            code=_text("Kemendagri code.", examples=["33.74"]),
            name=_NAMES_REF,
            timezone=_text("Name in the IANA database.", examples=["Asia/Jakarta"]),
            channels=_list("CityChannel", "What else takes complaints, by the names of the day."),
        ),
    },
    "CityChannel": {
        "title": "CityChannel",
        **_object(
            "A channel that takes complaints.",
            kind=_text("Whose it is, or that it is for emergencies.", enum=["city", "national", "emergency"]),
            name=_text("Name."),
            website=_text("Address; empty where it has none."),
            phone=_text("Telephone number; empty where it has none.", examples=["112"]),
        ),
    },
    **{_section_name(pillar): _section(pillar) for pillar in PILLARS},
}


def _operation(identity: str, summary: str, schema: str, text: str, media: str = "application/json") -> dict[str, Any]:
    found: dict[str, Any] = {"schema": {"$ref": f"{_REF}{schema}"}}
    if identity == "getMe":
        found["example"] = {"subject": "anonymous", "roles": ["anonymous"]}
    responses: dict[str, Any] = {"200": {"description": "Done.", "content": {media: found}}}
    parameters: list[dict[str, Any]] = []
    if identity not in ("getCity", "getMe"):
        tag = {"ETag": {"description": "Version of these bytes.", "schema": {"type": "string"}}}
        responses["200"]["headers"] = tag
        responses["304"] = {"description": "You have these bytes already.", "headers": tag}
        parameters = [KNOWN]
    for status in (401, 422, 429, 500, 503):  # whoever comes with a login can be refused at the door
        name = "TokenRefused" if status == 401 else f"Problem{status}"
        responses[str(status)] = {"$ref": f"#/components/responses/{name}"}
    return {
        "get": {
            "tags": ["City"],
            "operationId": identity,
            "summary": summary,
            "description": text,
            "parameters": parameters,
            "responses": responses,
            "security": [{}, {"oidc": []}, {"session": []}] if identity == "getMe" else [],
        }
    }


OPERATIONS: dict[str, Any] = {
    "/v1/city": _operation(
        "getCity",
        "The city today",
        "CityHome",
        "A section per pillar, each with its status and `as_of`. Answered from memory; at most a second old while the "
        "pillar answers. When it does not, `as_of` stands still and the status says `stale`.",
    ),
    "/v1/categories": _operation(
        "listCategories", "Categories", "CategoryList", "What complaints can be about, in the order of the pages."
    ),
    "/v1/areas": _operation(
        "listAreas", "Areas", "AreaList", "The city, its kecamatan and kelurahan by their Kemendagri codes."
    ),
    "/v1/areas.geojson": _operation(
        "getAreaMap", "Map of the areas", "FeatureCollection", "Simplified outlines.", "application/geo+json"
    ),
    "/v1/agencies": _operation("listAgencies", "Agencies", "AgencyList", "The agencies and what each looks after."),
    "/v1/services": _operation(
        "listServices", "E-services", "ServiceList", "What the city offers online and by telephone, whoever runs it."
    ),
    "/v1/me": _operation(
        "getMe",
        "Who am I",
        "Me",
        "Tells who you are here and what you may be; with a login session also the token that writes need.",
    ),
}


def paths(known: Mapping[str, Any]) -> dict[str, Any]:
    """The operations, each with an example of its answer; ``known`` are the components that schemas refer to."""
    found = deepcopy(OPERATIONS)
    for verbs in found.values():
        for media in verbs["get"]["responses"]["200"]["content"].values():
            media.setdefault("example", example_of(media["schema"], known))
    return found
