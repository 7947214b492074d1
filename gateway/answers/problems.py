"""Problem answers (RFC 9457): one shape for everything that is refused or fails."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import grpc
import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from gateway.answers import snap
from gateway.answers.addresses import own_path
from observability.context import current_trace_id
from smartcity.reasons import REASONS

MEDIA_TYPE = "application/problem+json"
LANGUAGE = "en"
"""Of titles and details, whatever a request asks for: programs say it in other words by the reason."""
CHALLENGE = 'Bearer realm="smartcity"'
"""How to log in (RFC 6750, section 3): every 401 says it; with an ``error`` where what came was refused."""
_LONGEST_PATH = 300
"""Characters of an address that is repeated to the caller."""
_log = structlog.get_logger(__name__)

TITLES = {
    400: "Bad request",
    401: "Login needed",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    408: "Request took too long to arrive",
    409: "Conflict",
    411: "Length required",
    412: "Changed in the meantime",
    413: "Too large",
    414: "Address too long",
    415: "Unsupported media type",
    422: "Not valid",
    428: "Precondition required",
    429: "Too many requests",
    431: "Headers too large",
    500: "Internal error",
    502: "Identity provider failed",
    503: "Temporarily unavailable",
    504: "Took too long",
}

_STATUS = {
    grpc.StatusCode.INVALID_ARGUMENT: 422,
    grpc.StatusCode.OUT_OF_RANGE: 422,
    grpc.StatusCode.UNAUTHENTICATED: 401,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.ABORTED: 409,
    grpc.StatusCode.FAILED_PRECONDITION: 409,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.CANCELLED: 503,
    grpc.StatusCode.UNIMPLEMENTED: 503,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
}
_TOLD = frozenset({401, 403})
"""Refusals that are logged: somebody was not let in, or to more than they may."""
_REASON_STATUS = {"STALE_ETAG": 412}
OPAQUE = {
    503: ("PILLAR_UNAVAILABLE", "A service behind this page does not answer. Try again in a moment."),
    504: ("DEADLINE_EXCEEDED", "The answer took too long. Nothing is lost: send the same request again."),
    500: ("INTERNAL", "Something broke on our side. Quote the trace id when you report it."),
}
"""Status -> reason and detail where nobody says more: of what is away, too slow or broken."""


class FieldError(msgspec.Struct, frozen=True):
    """One field that is wrong."""

    field: str
    """Where: dotted path in the body, or the name of a parameter or header."""
    message: str
    """What is wrong and how to mend it."""


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer's body."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    reason: str
    trace_id: str | None = None
    errors: list[FieldError] | None = None


class Problem(Exception):  # noqa: N818 - the name of the thing in RFC 9457
    """A refusal that the gateway itself makes; raise it anywhere below a route."""

    def __init__(
        self,
        status: int,
        reason: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        named: str = "",
    ) -> None:
        """``status`` is the HTTP status, ``reason`` a constant for programs, ``detail`` a sentence for people.

        ``named`` is which of several that were given it is about, for pages that say it in other words.
        """
        super().__init__(detail)
        self.status = status
        self.reason = reason
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.named = named

    def tell(self) -> None:
        """Writes into the log that somebody was refused, under the trace of the request; not who and not what."""
        if self.status in _TOLD:
            _log.info("refused", status=self.status, reason=self.reason)

    def response(self, path: str) -> Response:
        """The problem as HTTP answer to a request for ``path``."""
        body = Body(
            type=f"/docs/problems#{anchor(self.reason, self.status)}",
            title=TITLES.get(self.status, "Problem"),
            status=self.status,
            detail=self.detail,
            instance=own_path(path[:_LONGEST_PATH]),
            reason=self.reason,
            trace_id=current_trace_id(),
            errors=list(self.errors) or None,
        )
        headers = {"cache-control": "no-store", "content-language": LANGUAGE, **self.headers}
        return Response(msgspec.json.encode(body), self.status, headers, MEDIA_TYPE)


def anchor(reason: str, status: int) -> str:
    """Where the page of problems tells of a reason, or of the status where no code of ours names the reason."""
    return reason.lower().replace("_", "-") if reason in REASONS else f"status-{status}"


ErrorPage = Callable[[Request, Problem], Response]
"""Renders a problem as a page with the problem's status."""


FIELDS = "gateway.fields"
"""In the scope of a request: what turns the name of a field as a pillar has it into the one that its caller sent."""


def from_grpc(error: grpc.aio.AioRpcError, named: Callable[[str], str] = str) -> Problem:
    """The problem behind a failed call to a pillar. Unknown failures say nothing of their cause.

    ``named`` turns the pillar's name of a field into the caller's.
    """
    status = _STATUS.get(error.code(), 500)
    info = error_info(error)
    if status == 500 or (status == 401 and (info is None or info.reason == "ASSERTION_REFUSED")):
        _log.error("call failed", code=error.code().name, details=error.details())
        status = 500  # the pillar refused the gateway, or broke: nothing the caller can mend
    if info is None or status == 500:
        reason, detail = OPAQUE.get(status, (error.code().name, error.details() or TITLES.get(status, "")))
        return Problem(status, reason, detail, headers=_waiting(status, reason, ""))
    status = _REASON_STATUS.get(info.reason, status)
    message = error.details() or TITLES[status]
    field = info.metadata.get("field", "")
    headers = _waiting(status, info.reason, info.metadata.get("retry_after", ""))
    errors = [FieldError(named(field), message)] if field else ()
    which = info.metadata.get("named", "")
    problem = Problem(status, info.reason, message, errors=errors, headers=headers, named=which)
    problem.tell()
    return problem


def _waiting(status: int, reason: str, seconds: str) -> dict[str, str]:
    """After how long to try again: programs do it by themselves, so nothing is said where nobody knows."""
    if status in (503, 504) or reason == "REQUEST_IN_FLIGHT":
        return {"retry-after": seconds or "1"}
    return {"retry-after": seconds} if status == 429 and seconds else {}


def error_info(error: grpc.aio.AioRpcError) -> ErrorInfo | None:
    """The ErrorInfo in the trailing metadata of a failed call; None when there is none."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin" and isinstance(value, bytes):
            info = ErrorInfo()
            for detail in Status.FromString(value).details:
                if detail.Unpack(info):
                    return info
    return None


def install(app: FastAPI) -> None:
    """Makes every error of the application answer as a problem."""

    async def own(request: Request, problem: Problem) -> Response:
        return answer(request.scope, problem)

    async def pillar(request: Request, error: grpc.aio.AioRpcError) -> Response:
        return _answer(request.scope, from_grpc(error, request.scope.get(FIELDS, str)))

    async def invalid(request: Request, error: RequestValidationError) -> Response:
        if not request.scope["path"].startswith("/v1") and any(each["loc"][0] == "path" for each in error.errors()):
            return answer(request.scope, Problem(404, *_HTTP_DETAILS[404]))  # no page can have such an address
        return answer(request.scope, _invalid(error))

    async def http(request: Request, error: HTTPException) -> Response:
        return answer(request.scope, _http(error))

    app.exception_handler(Problem)(own)
    app.exception_handler(grpc.aio.AioRpcError)(pillar)
    app.exception_handler(RequestValidationError)(invalid)
    app.exception_handler(HTTPException)(http)


def answer(scope: Scope, problem: Problem) -> Response:
    """The answer to a request that met a problem: JSON, a page for people (``app.state.error_page``), SNAP's form."""
    problem.tell()
    return _answer(scope, problem)


def _answer(scope: Scope, problem: Problem) -> Response:
    path = scope["path"]
    if snap.is_banks(path):
        return snap.refusal(path, problem.status, problem.detail, problem.headers)
    if not path.startswith(("/v1", "/sta/")):
        page: ErrorPage | None = getattr(scope["app"].state, "error_page", None)
        if page is not None and "text/html" in Headers(scope=scope).get("accept", ""):
            response = page(Request(scope), problem)
            response.headers.update(problem.headers)
            return response
    return problem.response(path)


_HTTP_DETAILS = {
    404: ("NOT_FOUND", "There is nothing at this address. The addresses are listed at /docs."),
    405: ("METHOD_NOT_ALLOWED", "This address does not know that method; the Allow header names those it knows."),
}


def _http(error: HTTPException) -> Problem:
    if isinstance(error.__cause__, Problem):  # FastAPI takes what stopped the reading of the body for bad input
        return error.__cause__
    status = error.status_code
    reason, detail = _HTTP_DETAILS.get(status, ("BAD_REQUEST" if status < 500 else "INTERNAL", str(error.detail)))
    return Problem(status, reason, detail, headers=_allowing(error.headers or {}))


def _allowing(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of a refusal: what is read takes HEAD as well, whatever its route knows (`gateway.edge.heads`)."""
    known = {one.strip() for one in headers.get("Allow", "").split(",")}
    if "GET" not in known:
        return dict(headers)
    return {**headers, "Allow": ", ".join(sorted(known | {"HEAD"}))}


def _invalid(error: RequestValidationError) -> Problem:
    found = error.errors()
    kinds = {each["type"] for each in found}
    if "json_invalid" in kinds:
        return Problem(400, "MALFORMED_JSON", f"The body is not JSON: {found[0]['ctx']['error']}.")
    for name in _REQUIRED_HEADERS:
        if any(tuple(each["loc"]) == ("header", name) and each["type"] == "missing" for each in found):
            return missing_header(name)
    errors = [FieldError(_path(each["loc"]), _message(each)) for each in found]
    return Problem(
        422, "INVALID_REQUEST", "; ".join(f"{each.field}: {each.message}" for each in errors[:3]), errors=errors
    )


_REQUIRED_HEADERS = {
    "Idempotency-Key": (400, "IDEMPOTENCY_KEY_MISSING", "Send an Idempotency-Key header, for instance a UUID, and the "
                        "same one when you repeat the request: then nothing happens twice."),
    "If-Match": (428, "IF_MATCH_MISSING", "Send the ETag you saw in an If-Match header, so that no change is lost."),
}  # fmt: skip


def missing_header(name: str) -> Problem:
    """The refusal of a request without a header that it needs."""
    status, reason, detail = _REQUIRED_HEADERS[name]
    return Problem(status, reason, detail, errors=[FieldError(name, detail)])


def _path(location: Sequence[Any]) -> str:
    inner = [str(each) for each in location[1:]] if location and location[0] in _PLACES else [str(e) for e in location]
    return ".".join(inner) or str(location[0] if location else "")


_PLACES = frozenset({"body", "query", "path", "header", "cookie"})
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here; the fields are listed at /docs",
}


def _message(error: Mapping[str, Any]) -> str:
    message = _WORDS.get(error["type"]) or str(error["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:] if message[:2].istitle() else message
