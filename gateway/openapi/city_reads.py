"""How the hot reads are described: FastAPI does not know these plain routes, so their documentation stands here."""

from typing import Any

from gateway.openapi.operations import KNOWN

_REF = "#/components/schemas/"


def _object(description: str, **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "description": description, "required": list(properties), "properties": properties}


def _text(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **more}


def _list(schema: str, description: str) -> dict[str, Any]:
    return {"type": "array", "description": description, "items": {"$ref": f"{_REF}{schema}"}}


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
            features={"type": "array", "items": {"type": "object"}},
        ),
    },
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
