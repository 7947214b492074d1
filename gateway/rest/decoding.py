"""From an HTTP request to the message that a pillar gets: path, query, headers and body, every fault told at once.

The plan of a route is made once from the contract (``routes.py``); what a value must be like are the rules of its field
(``services/kit/rpc/rules.py``), so that nothing is said twice.
"""

import re
import uuid
from typing import Any

import msgspec
from google.protobuf.message import Message
from starlette.datastructures import Headers
from starlette.requests import Request

from gateway.answers.etags import version_of
from gateway.answers.languages import wanted
from gateway.answers.problems import FieldError, Problem, missing_header
from gateway.bodies.kinds import require_json
from gateway.rest.objects import Object
from gateway.rest.questions import Known
from gateway.rest.route import Route
from gateway.rest.values import Faults, Values, path_check, query_reader, refusal

KEY_FORM = re.compile(r"[\x21-\x7e]{1,128}")
LINK_KEY_FORM = re.compile(r"[A-Za-z0-9-]{0,64}")
VERSION_FORM = re.compile(r"[\x20-\x7e]{1,200}")
_NOT_COMPARED = "is not compared here, so nothing was done; leave it out"


class Decoder:
    """Decodes the requests of one route."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._make = route.rpc.request
        self._path = [(each, path_check(each)) for each in route.in_path]
        self._query = [query_reader(each) for each in route.in_query]
        self._asked = Known.of(route)
        self._body = Object(route.in_body) if route.body else None
        self._worded = route.worded
        self._headers = {each.descriptor.name for each in route.headers}

    async def __call__(self, request: Request) -> Message:
        """The message.

        Raises MALFORMED_JSON, MEDIA_TYPE_NOT_TAKEN, IDEMPOTENCY_KEY_MISSING, IF_MATCH_MISSING and INVALID_REQUEST.
        """
        given = await self._json(request) if self._body is not None else None
        values: Values = {}
        faults: Faults = []
        self._read_headers(request, values, faults)
        for field, check in self._path:
            text = values[field.descriptor.name] = request.path_params[field.name]
            if wrong := check(text):
                faults.append(FieldError(field.name, wrong))
        if request.scope["query_string"]:
            self._asked.check(request.query_params, faults)
        if self._query:
            query = request.query_params
            for read in self._query:
                read(query, values, faults)
        if self._worded and not values.get("language"):
            values["language"] = next(iter(wanted(request.headers.get("accept-language", ""))), "")
        if self._body is not None:
            body = values.setdefault(self._route.body, {}) if self._route.body != "*" else values
            self._body.read(given, "", body, faults)
        if faults:
            raise refusal(faults)
        return self._make(**values)

    async def _json(self, request: Request) -> Any:
        data = await request.body()
        if not data:
            if self._route.rpc.options.body_optional:
                return {}
            raise refusal([FieldError("body", "is missing; send a JSON object")])
        require_json(request.headers)
        try:
            given = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Problem(400, "MALFORMED_JSON", f"The body is not JSON: {error}.") from error
        return {} if given is None and self._route.rpc.options.body_optional else given

    def _read_headers(self, request: Request, values: Values, faults: Faults) -> None:
        headers, wanted = request.headers, self._headers
        if "request_id" in wanted:
            key = _only(headers, "Idempotency-Key", faults)
            if key is None and self._route.rpc.options.key_required:
                raise missing_header("Idempotency-Key")
            if key is not None and not KEY_FORM.fullmatch(key):
                faults.append(FieldError("Idempotency-Key", "is not 1 to 128 visible characters"))
            values["request_id"] = str(uuid.uuid4()) if key is None else key
        if "etag" in wanted:
            self._read_version(_only(headers, "If-Match", faults), values, faults)
        elif "if-match" in headers and self._route.verb != "GET":  # of a read it asks for no change: it changes nothing
            faults.append(FieldError("If-Match", _NOT_COMPARED))
        if "link_key" in wanted:
            values["link_key"] = key = _only(headers, "X-Link-Key", faults) or ""
            if not LINK_KEY_FORM.fullmatch(key):
                faults.append(FieldError("X-Link-Key", "is not at most 64 letters, digits and hyphens"))

    def _read_version(self, given: str | None, values: Values, faults: Faults) -> None:
        needed = self._route.needs_version
        if given is None or (given.strip() == "*" and not needed):  # that there is one: the pillar says if not
            if needed:
                raise missing_header("If-Match")
            return
        values["etag"] = version = version_of(given)
        if not VERSION_FORM.fullmatch(given):
            faults.append(FieldError("If-Match", "is not 1 to 200 visible characters"))
        elif given.count('"') > 2:
            faults.append(FieldError("If-Match", "names more than one version; send the one you saw"))
        elif version in ("", "*") and needed:  # it would overwrite changes that the caller has not seen
            raise missing_header("If-Match")
        elif not version:
            faults.append(FieldError("If-Match", "names no version; send the ETag you saw, or leave it out"))


def _only(headers: Headers, name: str, faults: Faults) -> str | None:
    """A header's one value: of two the second would be passed over."""
    given = headers.getlist(name)
    if len(given) > 1:
        faults.append(FieldError(name, "is given more than once; send one"))
    return given[0] if given else None
