"""The reference at /docs, rendered from the OpenAPI document on the server: no scripts, no outside assets."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.problems import TITLES, anchor
from gateway.city.reference import Ready
from smartcity.reasons import REASONS

Values = Callable[[dict[str, Any]], dict[str, Any]]
"""What a template is given beside the document, made from the document."""
_FOLDER = Path(__file__).parent
_REF = "#/components/"


def mount(app: FastAPI) -> None:
    """Serves the pages; each is rendered when it is first asked for, beside the loop, which has others to serve."""
    made: dict[str, Ready] = {}
    one_at_a_time = asyncio.Lock()
    css = Ready.of((_FOLDER / "docs.css").read_bytes(), "text/css; charset=utf-8")

    async def page(request: Request, name: str, template: str, values: Values) -> Response:
        if name not in made:
            api = await request.app.state.openapi()
            async with one_at_a_time:
                if name not in made:
                    made[name] = await asyncio.to_thread(_page, template, api, values)
        return made[name].response(request)

    async def reference(request: Request) -> Response:
        return await page(request, "docs", "reference.html", lambda api: {"groups": groups(api)})

    async def group(request: Request) -> Response:
        slug = request.path_params["group"]
        return await page(request, f"operations/{slug}", "group.html", lambda api: {"group": _group(api, slug)})

    async def schemas(request: Request) -> Response:
        return await page(request, "schemas", "schemas.html", lambda _: {})

    async def problem_list(request: Request) -> Response:
        told = {"titles": TITLES, "reasons": REASONS, "anchor": anchor}
        return await page(request, "problems", "problems.html", lambda _: told)

    async def style(request: Request) -> Response:
        return css.response(request)

    app.add_route("/docs", reference, include_in_schema=False)
    app.add_route("/docs/operations/{group}", group, include_in_schema=False)
    app.add_route("/docs/schemas", schemas, include_in_schema=False)
    app.add_route("/docs/problems", problem_list, include_in_schema=False)
    app.add_route("/docs/docs.css", style, include_in_schema=False)


def _page(template: str, api: dict[str, Any], values: Values) -> Ready:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.policies["json.dumps_kwargs"] = {"indent": 2, "ensure_ascii": False, "sort_keys": False}
    environment.filters |= {"kind": kind, "bounds": bounds}
    given = {"api": api, "resolve": _resolver(api), **values(api)}
    return Ready.of(environment.get_template(template).render(given).encode(), "text/html; charset=utf-8")


def groups(api: dict[str, Any]) -> list[dict[str, Any]]:
    """The operations under their tags, in the order of the tags, each with the address of its page."""
    found = [{**tag, "slug": tag["name"].lower().replace(" ", "-"), "operations": []} for tag in api["tags"]]
    by_name = {each["name"]: each["operations"] for each in found}
    for path, item in api["paths"].items():
        for method, operation in item.items():
            by_name[operation["tags"][0]].append({"path": path, "method": method.upper(), **operation})
    return [each for each in found if each["operations"]]


def _group(api: dict[str, Any], slug: str) -> dict[str, Any]:
    """The group of an address; not found when there is none."""
    for each in groups(api):
        if each["slug"] == slug:
            return each
    raise HTTPException(404)


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


_BOUNDS = (("minLength", "maxLength", " characters"), ("minItems", "maxItems", " of them"), ("minimum", "maximum", ""))


def bounds(schema: dict[str, Any]) -> str:
    """How long, how many or how much a value may be, to stand behind its ``kind``; empty where nothing bounds it."""
    for least, most, unit in _BOUNDS:
        if most in schema:
            known = f"{schema[least]:,} to " if schema.get(least) is not None else "at most "
            return f", {known}{schema[most]:,}{unit}"
        if schema.get(least):
            return f", at least {schema[least]:,}{unit}"
    return ""
