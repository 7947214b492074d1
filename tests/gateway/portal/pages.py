"""A browser for tests: follows links between forms as a person without JavaScript does."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

MACHINE_WRITTEN = re.compile(r"\b\d{4}-\d\d(-\d\d)?\b")
"""Days and months as no page writes them for people."""


@dataclass
class Form:
    """A form of a page, with what its fields hold."""

    action: str
    multipart: bool = False
    fields: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, **changes: str) -> dict[str, str]:
        """The fields as a browser sends them, with some filled in."""
        return dict(self.fields) | changes

    def all(self, name: str) -> list[str]:
        """What a field holds that is there several times, such as ticked boxes."""
        return [value for each, value in self.fields if each == name]


class Page(HTMLParser):
    """What a test wants to know of a page."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.answer = answer
        self.status = answer.status_code
        self.source = answer.text
        self.forms: dict[str, Form] = {}
        self.assets: list[str] = []
        self.ids: dict[str, dict[str, str | None]] = {}
        self.handlers: list[str] = []
        self._form: Form | None = None
        self._select = ""
        self._textarea: str | None = None
        self.feed(self.source)

    @property
    def words(self) -> str:
        """The text without tags."""
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", self.source)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.handlers += [name for name in given if name == "style" or name.startswith("on")]
        if given.get("id"):
            assert given["id"] not in self.ids, f"{self.answer.url} has twice: {given['id']}"
            self.ids[str(given["id"])] = given
        if tag == "form":
            self._form = Form(given.get("action") or "", given.get("enctype") == "multipart/form-data")
            self.forms[given.get("id") or self._form.action] = self._form
        if (tag, given.get("rel")) == ("link", "stylesheet"):
            self.assets.append(given["href"] or "")
        if tag == "script":
            self.assets.append(given.get("src") or "")
        if self._form is not None:
            self._handle_field(tag, given)

    def _handle_field(self, tag: str, given: dict[str, str | None]) -> None:
        assert self._form is not None
        name, value, kind = given.get("name"), given.get("value") or "", given.get("type", "text")
        if tag == "select":
            self._select = name or ""
        elif tag == "option" and "selected" in given:
            self._form.fields.append((self._select, value))
        elif tag == "textarea" and name:
            self._textarea = name
            self._form.fields.append((name, ""))
        elif tag == "input" and name and kind != "file" and (kind not in ("checkbox", "radio") or "checked" in given):
            self._form.fields.append((name, value))

    def handle_data(self, data: str) -> None:
        if self._textarea and self._form:
            name, before = self._form.fields[-1]
            self._form.fields[-1] = (name, (before + data).removeprefix("\n"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None
        if tag == "form":
            self._form = None


class Browser:
    """Opens pages and sends their forms; follows redirects after sending, as browsers do."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str] | None = None) -> None:
        self.client = client
        self.headers = {"accept": "text/html", "accept-language": "en", **(headers or {})}

    async def open(self, path: str) -> Page:
        """The page at an address."""
        return Page(await self.client.get(path, headers=self.headers, follow_redirects=True))

    async def send(self, form: Form, *, files: Any = None, **changes: str) -> Page:
        """The page that answers a form."""
        data = {name: form.all(name) for name in form.filled() if name not in changes} | changes
        encoded: dict[str, Any] = {"data": data}
        if form.multipart:
            encoded["files"] = files or {"photos": ("", b"", "application/octet-stream")}
        return Page(await self.client.post(form.action, headers=self.headers, follow_redirects=True, **encoded))

    async def report(
        self, text: str, *, landmark: str = "depan Lawang Sewu", files: Any = None, **details: str
    ) -> Page:
        """Files a report through the three screens; answers with the page that shows code and key."""
        page = await self.open("/lapor")
        page = await self.send(page.forms["report-form"], go="where", text=text)
        page = await self.send(page.forms["report-form"], go="check", landmark=landmark)
        return await self.send(page.forms["report-form"], go="send", files=files, **details)
