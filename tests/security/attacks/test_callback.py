"""Whatever stands in the address of a page: it is refused or ignored, and nothing breaks."""

import asyncio
import re
from pathlib import Path

import httpx
import pytest

from gateway.portal import pages_in_order
from tests.gateway.running import Stand

ODD = [
    "é", "\u202e", "\u0000", "\ud7ff\ue000", "🧾" * 60, "%", "%ff", "//[", "http://[::1", "\\", "x" * 5000, "-1",
    "1e999", "NaN", "٣", "²", "' OR 1=1 --", "{{7*7}}", "<script>", "\r\nSet-Cookie: a=b",
    "[]", "null", "0x10", "9" * 400,
]  # fmt: skip
SHARE = 6
"""One page of so many gets a value, and each page one of so many values: what reads them is mostly shared."""
PORTAL = Path(__file__).parents[3] / "gateway" / "portal"


@pytest.mark.parametrize("state", ["é", "\u202e", "\u0000", "x" * 5000, "🧾"])
async def test_a_login_answer_with_a_state_of_odd_letters_is_refused(client: httpx.AsyncClient, state: str) -> None:
    """Before: 500 for every letter beyond ASCII."""
    answer = await client.get("/auth/callback", params={"code": "x", "state": state})
    assert (answer.status_code, answer.json()["reason"]) == (400, "LOGIN_STATE_UNKNOWN")


async def test_a_login_answer_with_bytes_that_are_no_text_is_refused(client: httpx.AsyncClient) -> None:
    for query in (
        "state=%ff%fe&code=x",
        "state=%C3%A9",
        "state[]=x&code[]=y",
        "code=%00&state=%00",
        "error=é",
        "state",
    ):
        answer = await client.get(f"/auth/callback?{query}")
        assert answer.status_code == 400, query


def _names() -> set[str]:
    """Every name that pages read from a query."""
    source = "\n".join(each.read_text(encoding="utf-8") for each in PORTAL.rglob("*.py"))
    named = set(re.findall(r'query_params\.get\("(\w+)"', source))
    named |= set(re.findall(r'(\w+): str = ""', source)) | {"page_size", "jumlah", "nomor", "segel", "amount", "next"}
    return named - {"lang"}


@pytest.mark.usefixtures("nobody_waits")
@pytest.mark.parametrize("user", ["", "petugas-bpkad", "pedagang"])
async def test_no_page_breaks_on_odd_values_in_its_address(stand: Stand, client: httpx.AsyncClient, user: str) -> None:
    """With a login, the pages that nobody sees without one."""
    head = await stand.bearer(user) if user else {}
    pages = [page.path for page in pages_in_order() if "GET" in (page.methods or ()) and "{" not in page.path]
    pages = [path for path in pages if not path.endswith("/events")]  # a stream has no end
    assert len(pages) > 15
    if user:
        pages = list(await _served(client, pages, head) - await _served(client, pages, {}))
        assert pages
    names = sorted(_names())
    for place, odd in enumerate(ODD):
        query = dict.fromkeys(names if len(odd) < 200 else ["page", "code", "nomor"], odd)
        some = pages[place % SHARE :: SHARE]
        answers = await asyncio.gather(*(client.get(page, params=query, headers=head) for page in some))
        broken = {answer.url.path: answer.text for answer in answers if answer.status_code in (429, 500)}
        assert broken == {}, odd


async def _served(client: httpx.AsyncClient, pages: list[str], head: dict[str, str]) -> set[str]:
    """Those that somebody with these headers may see."""
    answers = await asyncio.gather(*(client.get(page, headers=head) for page in pages))
    return {page for page, answer in zip(pages, answers, strict=True) if answer.status_code == 200}
