"""The pages of the viewer: server-rendered, without a script."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlencode

import msgspec
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from observability import semconv
from observability.viewer.series import SeriesBoard
from observability.viewer.spans import Span
from observability.viewer.store import LATEST_NS, STORY_MOST, Store, TraceSummary
from observability.viewer.waterfall import Row, lay_out, telling

FOLDER = Path(__file__).parent

SERVICES = ("gateway", "governance", "economy", "living", "environment", "society", "branding")
"""Services with a colour of their own; others share the remaining ones."""
OTHER_COLOURS = 3
PAGE_SIZE = 50

_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_STYLE = FOLDER / "static" / "viewer.css"
_PACKAGED = re.compile(r"^(?P<verb>\w+ )?(?P<package>(?:[a-z][a-z0-9_]*\.){2,})(?P<rest>[A-Z].*)$")
_TRACE_ID = re.compile(r"^(?:00-)?([0-9a-f]{32})(?:-[0-9a-f]{16}-[0-9a-f]{2})?$")


class Action(msgspec.Struct, frozen=True):
    """One trace of a story: its telling spans, and the time since the action before it."""

    summary: TraceSummary
    steps: list[Row]
    since_ns: int | None


class Pages:
    """Handlers over the store."""

    def __init__(self, store: Store, board: SeriesBoard, codes_url: str = "", zone: tzinfo = UTC) -> None:
        """Shows what is in the store by the clock of ``zone``; ``codes_url`` is the portal page of a case, to be
        followed by its code.
        """
        self._store = store
        self._board = board
        self._codes_url = codes_url
        self._templates = _templates(zone)

    def routes(self) -> list[BaseRoute]:
        """Where the pages are."""
        return [
            Route("/", self.traces),
            Route("/search", self.search),
            Route("/traces/{trace_id}", self.trace),
            Route("/stories/{key:path}", self.story),
            Route("/series", self.series),
            Route("/static/viewer.css", style),
        ]

    async def traces(self, request: Request) -> Response:
        """The newest traces."""
        service = request.query_params.get("service", "")
        failed = request.query_params.get("errors") == "1"
        before = request.query_params.get("before", "")
        before_ns = min(int(before), LATEST_NS) if before.isascii() and before.isdigit() and len(before) < 20 else 0
        found = self._store.recent(service, failed, before_ns, PAGE_SIZE)
        older = _address(service, failed, found[-1].start_ns) if len(found) == PAGE_SIZE else ""
        return self._page(
            "traces.html",
            traces=found,
            services=self._store.services(),
            service=service,
            failed=failed,
            older=older,
            newest=_address(service, failed) if before_ns else "",
            address=_address,
        )

    async def search(self, request: Request) -> Response:
        """Leads to the trace or the story asked for."""
        asked = request.query_params.get("q", "").strip()
        if not asked:
            return RedirectResponse("/", 303, _HEADERS)
        trace = _TRACE_ID.match(asked.lower())
        if trace and self._store.known([trace[1]]):
            return RedirectResponse(f"/traces/{trace[1]}", 303, _HEADERS)
        return RedirectResponse(f"/stories/{quote(self._spelling(asked), safe='')}", 303, _HEADERS)

    def _spelling(self, asked: str) -> str:
        """Codes are written in upper case and ids in lower case, whatever people type."""
        return next((one for one in (asked, asked.upper(), asked.lower()) if self._store.story(one)), asked)

    async def trace(self, request: Request) -> Response:
        """The waterfall of one trace."""
        trace_id = request.path_params["trace_id"].lower()
        spans = self._store.trace(trace_id)
        if not spans:
            return self._nothing(trace_id, "trace")
        rows = lay_out(spans)
        return self._page(
            "trace.html",
            trace_id=trace_id,
            rows=rows,
            spans=spans,
            start_ns=min(span.start_ns for span in spans),
            duration_ns=max(span.end_ns for span in spans) - min(span.start_ns for span in spans),
            errors=sum(span.failed for span in spans),
            services=sorted({span.service for span in spans}),
            stories=_stories(spans),
            known=self._store.known(link.trace_id for span in spans for link in span.links),
        )

    async def story(self, request: Request) -> Response:
        """All actions of one case across the pillars."""
        key = request.path_params["key"]
        found = self._store.story(key)
        if not found:
            return self._nothing(key, "story")
        correlations = self._store.correlations(key)
        codes = self._store.codes(correlations)
        return self._page(
            "story.html",
            key=key,
            actions=self._actions(found[-STORY_MOST:]),
            earlier=len(found) > STORY_MOST,
            codes=codes,
            case_url=f"{self._codes_url}{quote(codes[0])}" if self._codes_url and codes else "",
            correlations=correlations,
            services=sorted({service for one in found for service in one.services}),
            errors=sum(one.errors for one in found[-STORY_MOST:]),
        )

    def _actions(self, found: Sequence[TraceSummary]) -> list[Action]:
        actions: list[Action] = []
        for one in found:
            since = one.start_ns - actions[-1].summary.start_ns if actions else None
            actions.append(Action(one, telling(lay_out(self._store.trace(one.trace_id))), since))
        return actions

    async def series(self, request: Request) -> Response:
        """The last value of every metric series."""
        return self._page("series.html", series=self._board.all())

    def _nothing(self, key: str, kind: str) -> Response:
        return self._page("nothing.html", 404, key=key, kind=kind)

    def _page(self, template: str, status: int = 200, **values: object) -> Response:
        return HTMLResponse(self._templates.get_template(template).render(values), status, _HEADERS)


async def style(request: Request) -> Response:
    """The one style sheet."""
    return FileResponse(_STYLE, media_type="text/css", headers={"cache-control": "max-age=300"})


def format_duration(nanoseconds: int) -> str:
    """A duration for people: ``812 µs``, ``4.1 ms``, ``2.30 s``, ``5 min 2 s``, ``3 h``, ``2 d 3 h``."""
    if nanoseconds < 1_000_000:
        return f"{nanoseconds / 1_000:.0f} µs"
    if nanoseconds < 1_000_000_000:
        return f"{nanoseconds / 1_000_000:.1f} ms"
    seconds = nanoseconds // 1_000_000_000
    if seconds < 60:
        return f"{nanoseconds / 1_000_000_000:.2f} s"
    for unit, size, below, part in (("min", 60, "s", 1), ("h", 3_600, "min", 60)):
        if seconds < size * (60 if unit == "min" else 24):
            return _two_parts(seconds // size, unit, seconds % size // part, below)
    return _two_parts(seconds // 86_400, "d", seconds % 86_400 // 3_600, "h")


def _two_parts(whole: int, unit: str, rest: int, below: str) -> str:
    return f"{whole} {unit} {rest} {below}" if rest else f"{whole} {unit}"


def format_time(nanoseconds: int, zone: tzinfo) -> str:
    """A moment by the clock of ``zone``, to the millisecond, and which clock that is."""
    moment = datetime.fromtimestamp(nanoseconds // 1_000_000 / 1_000, zone)
    return f"{moment:%d %b %Y, %H:%M:%S}.{moment.microsecond // 1000:03d} {moment:%Z}"


def format_utc(nanoseconds: int) -> str:
    """A moment for machines: RFC 3339 in UTC."""
    return datetime.fromtimestamp(nanoseconds // 1_000_000 / 1_000, UTC).isoformat(timespec="milliseconds")


def colour(service: str) -> str:
    """The class that gives a service its colour, the same on every page."""
    if service in SERVICES:
        return f"s-{service}"
    return f"s-other{sum(service.encode()) % OTHER_COLOURS}"


def format_name(name: str) -> Markup:
    """A span's name, its proto package quiet and free to break, so that what differs is what is read."""
    found = _PACKAGED.match(name)
    if not found:
        return escape(name)
    package = Markup(".<wbr>").join(found["package"].split("."))
    return Markup('{}<span class="package">{}</span>{}').format(
        found["verb"] or "", package, Markup("/<wbr>").join(found["rest"].split("/"))
    )


def _address(service: str = "", failed: bool = False, before_ns: int = 0) -> str:
    query = {"service": service, "errors": "1" if failed else "", "before": str(before_ns) if before_ns else ""}
    return "/?" + urlencode({key: value for key, value in query.items() if value})


def _stories(spans: Sequence[Span]) -> list[str]:
    """The stories a trace belongs to: case codes first, and correlation ids where no code is known."""
    codes = sorted({span.case_code for span in spans if span.case_code})
    return codes or sorted({span.correlation_id for span in spans if span.correlation_id})


def _templates(zone: tzinfo) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "duration": format_duration,
        "time": partial(format_time, zone=zone),
        "utc": format_utc,
        "colour": colour,
        "name": format_name,
        "path": lambda text: quote(str(text), safe=""),
    }
    environment.globals |= {"story_keys": (semconv.CASE_CODE, semconv.CORRELATION_ID)}
    return environment
