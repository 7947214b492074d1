"""Somebody at the portal without JavaScript: reads pages, fills their forms in and sends them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import httpx
from lxml import html

from gateway.callers.session import SESSION_COOKIE
from services.kit.caller import Caller
from tests.gateway.running import Stand


@dataclass
class Reader:
    """A browser with a login."""

    client: httpx.AsyncClient

    async def page(self, path: str) -> Any:
        """A page that is there, as a document."""
        answer = await self.client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:500]}"
        return _document(answer)

    async def send(self, path: str, form_id: str, **fields: Any) -> Any:
        """The page that a form of a page leads to, with these entries."""
        document = await self.page(path)
        (form,) = document.xpath(f"//form[@id='{form_id}']")
        return await self.submit(form, **fields)

    async def submit(self, form: Any, **fields: Any) -> Any:
        """The same of a form that is read already. A list fills a field several times."""
        entries = [(name, value) for name, value in form.form_values() if name not in fields]
        for name, value in fields.items():
            entries += [(name, each) for each in (value if isinstance(value, list) else [value])]
        body = httpx.QueryParams(entries)
        answer = await self.client.post(
            form.action, content=str(body), headers={"content-type": "application/x-www-form-urlencoded"}
        )
        while answer.is_redirect:
            answer = await self.client.get(answer.headers["location"])
        return _document(answer)


def _document(answer: httpx.Response) -> Any:
    document = html.fromstring(answer.text)
    twice = [id_ for id_, times in Counter(document.xpath("//@id")).items() if times > 1]
    assert not twice, f"{answer.url} has twice: {twice}"
    return document


async def reader(stand: Stand, caller: Caller, language: str = "en") -> Reader:
    """Somebody who has logged in."""
    gateway = stand.gateway
    token, _ = await gateway.sessions.create(caller, "Siti", "")
    cookies = {gateway.settings.cookie(SESSION_COOKIE): token}
    headers = {"accept": "text/html", "accept-language": language, "origin": stand.url}
    return Reader(stand.client(cookies=cookies, headers=headers))


def said(document: Any, id_: str) -> str:
    """The words of an element; empty where there is none of that id."""
    return " ".join(" ".join(document.xpath(f"//*[@id='{id_}']//text()")).split())
