"""The reference at /docs, rendered from the OpenAPI document on the server: no scripts, no outside assets."""

from pathlib import Path
from typing import Any

import jinja2
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gateway.openapi import document
from gateway.problems import TITLES
from gateway.reference import Ready

_FOLDER = Path(__file__).parent
_REF = "#/components/"


def mount(app: FastAPI) -> None:
    """Serves the pages; each is rendered when it is first asked for."""
    made: dict[str, Ready] = {}

    async def reference(request: Request) -> Response:
        if "docs" not in made:
            found = document(app, request.app.state.gateway.settings)
            made["docs"] = _page("reference.html", api=found, groups=groups(found), resolve=_resolver(found))
        return made["docs"].response(request)

    async def schemas(request: Request) -> Response:
        if "schemas" not in made:
            found = document(app, request.app.state.gateway.settings)
            made["schemas"] = _page("schemas.html", api=found, resolve=_resolver(found))
        return made["schemas"].response(request)

    async def problem_list(request: Request) -> Response:
        if "problems" not in made:
            made["problems"] = _page("problems.html", titles=TITLES)
        return made["problems"].response(request)

    async def style(request: Request) -> Response:
        if "style" not in made:
            made["style"] = Ready.of((_FOLDER / "docs.css").read_bytes(), "text/css; charset=utf-8")
        return made["style"].response(request)

    app.add_route("/docs", reference, include_in_schema=False)
    app.add_route("/docs/schemas", schemas, include_in_schema=False)
    app.add_route("/docs/problems", problem_list, include_in_schema=False)
    app.add_route("/docs/docs.css", style, include_in_schema=False)


def _page(template: str, **values: Any) -> Ready:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.policies["json.dumps_kwargs"] = {"indent": 2, "ensure_ascii": False, "sort_keys": False}
    environment.filters["kind"] = kind
    return Ready.of(environment.get_template(template).render(values).encode(), "text/html; charset=utf-8")


def groups(api: dict[str, Any]) -> list[dict[str, Any]]:
    """The operations under their tags, in the order of the tags."""
    found = [{**tag, "operations": []} for tag in api["tags"]]
    by_name = {each["name"]: each["operations"] for each in found}
    for path, item in api["paths"].items():
        for method, operation in item.items():
            by_name[operation["tags"][0]].append({"path": path, "method": method.upper(), **operation})
    return [each for each in found if each["operations"]]


def _resolver(api: dict[str, Any]) -> Any:
    def resolve(node: dict[str, Any]) -> dict[str, Any]:
        """What a reference stands for; anything else is itself."""
        reference = node.get("$ref", "")
        if not reference.startswith(_REF):
            return node
        section, name = reference.removeprefix(_REF).split("/")
        found: dict[str, Any] = api["components"][section][name]
        return found

    return resolve


def kind(schema: dict[str, Any]) -> str:
    """A schema in a few words: its type or the name it refers to."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "anyOf" in schema:
        return " or ".join(kind(each) for each in schema["anyOf"])
    if "allOf" in schema:
        return " and ".join(kind(each) for each in schema["allOf"])
    if "const" in schema:
        return f'"{schema["const"]}"'
    if "enum" in schema:
        return "one of " + ", ".join(str(each) for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {kind(schema.get('items', {}))}"
    name = schema.get("type", "anything")
    words = " or ".join(name) if isinstance(name, list) else str(name)
    return f"{words} ({schema['format']})" if "format" in schema else words
