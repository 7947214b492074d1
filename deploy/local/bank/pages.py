"""The bank's pages (plain HTML, no script) and the same as JSON below /api, for tests and demonstrations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import jinja2
import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from deploy.local.bank.bank import Bank, NotPayableError
from deploy.local.bank.texts import TEXTS
from deploy.local.bank.whims import KINDS

Handler = Callable[[Request], Awaitable[Response]]
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
}
_MOST_FORM = 16 * 1024


_NO_JSON = (msgspec.DecodeError, ValueError, RecursionError)
"""What a body can be refused with: no JSON in UTF-8, no such fields, no such values."""


class Purse(msgspec.Struct):
    """A payment over JSON."""

    qr: str = ""
    amount: int = 0


class Behaviour(msgspec.Struct):
    """A whim over JSON."""

    kind: str = ""
    times: int = 0
    value: float | None = None


def rupiah(units: int) -> str:
    """1250000 as Rp1.250.000."""
    return f"Rp{units:,}".replace(",", ".")


class Pages:
    """What people see of the bank, and how it is told to misbehave."""

    def __init__(self, bank: Bank) -> None:
        """Shows a bank."""
        self._bank = bank
        loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
        self._templates = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
        self._templates.filters["rupiah"] = rupiah

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/", self._home),
            Route("/pay", self._look),
            Route("/pay", _same_site(self._pay), methods=["POST"]),
            Route("/paid/{reference}", self._paid),
            Route("/whims", self._whims),
            Route("/whims", _same_site(self._set_whim), methods=["POST"]),
            Route("/api/pay", _same_site(self._api_pay), methods=["POST"]),
            Route("/api/deals", self._api_deals),
            Route("/api/notices", self._api_notices),
            Route("/api/whims", self._api_whims),
            Route("/api/whims", _same_site(self._api_set_whim), methods=["POST", "DELETE"]),
        ]

    async def _home(self, request: Request) -> Response:
        return self._page(request, "home.html", deals=self._bank.book.latest(), trouble="")

    async def _look(self, request: Request) -> Response:
        return self._offer(request, request.query_params.get("qr", ""), "", 200)

    async def _pay(self, request: Request) -> Response:
        form = await _form(request)
        payload, typed = form.get("qr", ""), form.get("amount", "").replace(".", "").strip()
        amount = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 13 else 0
        try:
            deal = self._bank.pay(payload, amount)
        except NotPayableError as error:
            return self._offer(request, payload, error.reason if error.reason == "amount" else "", 422)
        query = urlencode({"lang": _language(request)})
        return RedirectResponse(f"/paid/{deal.reference}?{query}", 303)

    def _offer(self, request: Request, payload: str, trouble: str, status: int) -> Response:
        try:
            deal = self._bank.look(payload)
        except NotPayableError as error:
            deals = self._bank.book.latest()
            return self._page(request, "home.html", 422, deals=deals, trouble=error.reason)
        return self._page(request, "pay.html", status, deal=deal, payload=payload.strip(), trouble=trouble)

    async def _paid(self, request: Request) -> Response:
        deal = self._bank.book.deal(request.path_params["reference"])
        if deal is None or deal.state != "paid":
            return self._page(request, "home.html", 404, deals=self._bank.book.latest(), trouble="unknown")
        return self._page(request, "paid.html", deal=deal)

    async def _whims(self, request: Request) -> Response:
        return self._page(request, "whims.html", on=self._bank.whims.all(), kinds=KINDS, trouble="")

    async def _set_whim(self, request: Request) -> Response:
        form = await _form(request)
        if "reset" in form:
            self._behave()
        else:
            try:
                value = float(form["value"]) if form.get("value") else None
                self._bank.whims.set(form.get("kind", ""), int(form.get("times") or 0), value)
            except ValueError:
                on = self._bank.whims.all()
                return self._page(request, "whims.html", 422, on=on, kinds=KINDS, trouble="whim")
        return RedirectResponse(f"/whims?{urlencode({'lang': _language(request)})}", 303)

    async def _api_pay(self, request: Request) -> Response:
        try:
            asked = msgspec.json.decode(await request.body(), type=Purse)
            deal = self._bank.pay(asked.qr, asked.amount)
        except _NO_JSON as error:
            return JSONResponse({"reason": f"the body is not as it must be: {error}"}, 422)
        except NotPayableError as error:
            return JSONResponse({"reason": error.reason}, 422)
        return JSONResponse(asdict(deal))

    async def _api_deals(self, request: Request) -> Response:
        return JSONResponse({"deals": [asdict(each) for each in self._bank.book.latest(100)]})

    async def _api_notices(self, request: Request) -> Response:
        return JSONResponse({"notices": [asdict(each) for each in self._bank.book.notices()]})

    async def _api_whims(self, request: Request) -> Response:
        return JSONResponse({"whims": [asdict(each) for each in self._bank.whims.all()], "kinds": KINDS})

    async def _api_set_whim(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._behave()
            return Response(status_code=204)
        try:
            asked = msgspec.json.decode(await request.body(), type=Behaviour)
            whim = self._bank.whims.set(asked.kind, asked.times, asked.value)
        except _NO_JSON as error:
            return JSONResponse({"reason": str(error)}, 422)
        return JSONResponse(asdict(whim))

    def _behave(self) -> None:
        """What was held back is told as well."""
        self._bank.whims.reset()
        self._bank.book.let_go(0)
        self._bank.told()

    def _page(self, request: Request, name: str, status: int = 200, **values: Any) -> Response:
        language = _language(request)
        other = "en" if language == "id" else "id"
        query = {key: value for key, value in request.query_params.items() if key != "lang"}
        switch = f"{request.url.path}?{urlencode({**query, 'lang': other})}"
        text = TEXTS[language]
        html = self._templates.get_template(name).render(lang=language, other=other, switch=switch, t=text, **values)
        return HTMLResponse(html, status, _HEADERS)


def _same_site(handle: Handler) -> Handler:
    """Other sites' pages may not press our buttons."""

    async def guarded(request: Request) -> Response:
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return JSONResponse({"reason": "open the bank's own page"}, 403)
        return await handle(request)

    return guarded


async def _form(request: Request) -> dict[str, str]:
    body = await request.body()
    return {name: values[0] for name, values in parse_qs(body[:_MOST_FORM].decode(errors="replace")).items()}


def _language(request: Request) -> str:
    return "en" if request.query_params.get("lang") == "en" else "id"
