"""Pages that are made once for all without a login: what is shared, what is each visitor's own, what is nobody's."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import grpc
import grpc.aio
import httpx
import msgspec
import pytest
from starlette.requests import Request

from gateway.portal.kit import crowds
from smartcity.governance.v1 import performance_pb2
from tests.gateway.portal.pages import Browser, Page
from tests.gateway.running import Stand

NONCE = re.compile(r"nonce-([\w-]+)")
LOGIN = re.compile(r'data-login="([\w-]+)"')
PAGES = (
    "/", "/lapor", "/lingkungan", "/lingkungan/peringatan", "/112", "/kinerja", "/transit", "/sekitar",
)  # fmt: skip
"""Of the pillars that are at work here."""


@pytest.fixture
def made(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The paths of pages that are made, as it goes on; none of them is made again in this test."""
    found: list[str] = []
    make = crowds._make

    async def counted(request: Request, *more: Any) -> Any:
        found.append(request.url.path)
        return await make(request, *more)

    monkeypatch.setattr(crowds, "_make", counted)
    monkeypatch.setattr(stand.app.state.crowds, "_seconds", 60.0)
    monkeypatch.setattr(stand.gateway.home, "changes", -1)
    monkeypatch.setattr(stand.gateway.home, "_put", lambda *_: None)
    yield found
    stand.app.state.crowds._held.clear()


@pytest.mark.parametrize("path", PAGES)
async def test_a_crowd_has_a_page_made_once_and_each_their_own_values_in_it(
    stand: Stand, made: list[str], path: str
) -> None:
    async with stand.client() as client:
        answers = await asyncio.gather(*(client.get(path, headers={"accept-encoding": "identity"}) for _ in range(4)))
    assert made == [path]
    nonces = [NONCE.findall(one.headers["content-security-policy"])[0] for one in answers]
    assert len(set(nonces)) == 4
    for answer, nonce in zip(answers, nonces, strict=True):
        assert answer.status_code in (200, 409)
        assert f'nonce="{nonce}"' in answer.text
        assert answer.headers["content-length"] == str(len(answer.content))
        assert "visitor-" in answer.headers["set-cookie"]
    own = [_own(Page(one)) for one in answers]
    assert len(set.union(*own)) == sum(map(len, own))


def _own(page: Page) -> set[str]:
    """What the forms of a page have of their visitor."""
    fields = [field for form in page.forms.values() for field in form.fields]
    return {value for name, value in fields if name in ("csrf", "request_id")}


async def test_the_form_in_each_copy_is_its_visitors_own(stand: Stand, made: list[str]) -> None:
    drafts = []
    for text in ("Lubang di jalan depan pasar", "Lampu mati di gang"):
        async with stand.client() as client:
            visitor = Browser(client)
            page = await visitor.send((await visitor.open("/lapor")).forms["report-form"], text=text, go="where")
            drafts.append(page.answer.url)
            assert text in (await visitor.open("/lapor")).source  # the one that this browser began
    assert made == ["/lapor"]
    assert len(set(drafts)) == 2


async def test_who_is_logged_in_has_a_page_made_for_themselves(
    client: httpx.AsyncClient, officer: Browser, made: list[str]
) -> None:
    pages = [(await client.get("/kinerja")).text, (await officer.open("/kinerja")).source]
    pages.append((await client.get("/kinerja")).text)
    logins = [LOGIN.findall(page) for page in pages]
    assert logins[0] == logins[2] != logins[1]
    assert made == ["/kinerja"]


async def test_who_asks_for_filters_has_a_page_made_for_themselves(client: httpx.AsyncClient, made: list[str]) -> None:
    assert (await client.get("/sekitar")).status_code == 200
    assert (await client.get("/sekitar?jenis=hospital")).status_code in (200, 303)
    assert (await client.head("/sekitar")).status_code == 200
    assert made == ["/sekitar"]


async def test_each_language_has_its_own_and_a_choice_is_remembered(stand: Stand, made: list[str]) -> None:
    async with stand.client() as client:
        for _ in range(2):
            chosen = await client.get("/lingkungan?lang=en", headers={"cookie": ""})
            assert 'lang="en"' in chosen.text
            assert any("lang=en" in each for each in chosen.headers.get_list("set-cookie"))
            usual = await client.get("/lingkungan", headers={"cookie": ""})
            assert 'lang="id"' in usual.text
            assert not any("lang=" in each for each in usual.headers.get_list("set-cookie"))
    assert len(made) == 2


async def test_nothing_of_whoever_asked_first_is_in_the_page(stand: Stand, made: list[str]) -> None:
    mine = {
        "referer": f"{stand.url}/lacak?code=RAHASIA",
        "user-agent": "RAHASIA",
        "cookie": "visitor=RAHASIA; kunci=RAHASIA",
    }
    async with stand.client() as client:
        assert "RAHASIA" not in (await client.get("/transit", headers=mine)).text
        assert (await client.get("/transit")).status_code == 200
    assert made == ["/transit"]


async def test_the_home_is_made_anew_when_what_it_shows_has_changed(
    stand: Stand, client: httpx.AsyncClient, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = stand.gateway.home
    section = home.section("governance")
    for changes, status in enumerate(("ok", "stale", "stale")):
        monkeypatch.setattr(home, "changes", min(changes, 1))
        shown = {"governance": msgspec.structs.replace(section, status=status)}
        monkeypatch.setattr(home, "sections", home.sections | shown)
        assert (await client.get("/")).status_code == 200
    assert made == ["/", "/"]


async def test_a_page_that_could_not_be_made_is_asked_for_again(
    stand: Stand, client: httpx.AsyncClient, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call, away = stand.gateway.pillars.call, True

    async def sometimes(message: Any, *more: Any, **options: Any) -> Any:
        if away and isinstance(message, performance_pb2.ListPerformanceRequest):
            raise grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata())
        return await call(message, *more, **options)

    monkeypatch.setattr(stand.gateway.pillars, "call", sometimes)
    assert (await client.get("/kinerja")).status_code == 503
    away = False
    assert (await client.get("/kinerja")).status_code == 200
    assert made == ["/kinerja"] * 2
