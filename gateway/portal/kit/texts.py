"""The portal's words, TOML files per folder of pages and language, and the choice of a language for a request."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.languages import wanted
from gateway.gateway import current_gateway
from services.kit.city import LANGUAGES

__all__ = [
    "LANGUAGES", "LANGUAGE_COOKIE", "Texts", "catalogue", "files", "keys_of", "language_of", "offered",
    "remember_language",
]  # fmt: skip

LANGUAGE_COOKIE = "lang"

_PORTAL = Path(__file__).parents[1]


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All texts of ``language`` by dotted key, such as ``home.title``."""
    return dict(row for path in files(language) for row in _rows(path))


def files(language: str) -> list[Path]:
    """The files of a language, ``id.toml`` and the like of each folder of pages; no key is in two of them."""
    return sorted(_PORTAL.glob(f"*/texts/{language}*.toml"))


def keys_of(path: Path) -> list[str]:
    """The dotted keys that a file holds."""
    return [key for key, _ in _rows(path)]


def _rows(path: Path) -> list[tuple[str, str]]:
    return _flat(tomllib.loads(path.read_text(encoding="utf-8")))


def _flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{prefix}{key}.")
        else:
            rows.append((prefix + key, value))
    return rows


class Texts:
    """The words of one language; called with a key and the values of its placeholders."""

    def __init__(self, language: str) -> None:
        """Speaks ``language``, one of ``LANGUAGES``."""
        self.language = language
        self._texts = catalogue(language)

    def __call__(self, key: str, **values: object) -> str:
        """The text of ``key``. An unknown key is a programming error and raises KeyError."""
        text = self._texts[key]
        return text.format(**values) if values else text

    def count(self, key: str, n: int, **values: object) -> str:
        """The text for a number: ``key.one`` for 1 where the language has it, else ``key.other``."""
        form = f"{key}.one" if n == 1 and f"{key}.one" in self._texts else f"{key}.other"
        return self(form, n=n, **values)

    def maybe(self, key: str, fallback: str) -> str:
        """The text of ``key``, or ``fallback`` for a name that came from data and has no text yet."""
        return self._texts.get(key, fallback)

    def pick(self, indonesian: str, english: str) -> str:
        """The one of two given wordings that this language reads; the other where it is empty."""
        return (english or indonesian) if self.language == "en" else (indonesian or english)


def offered(request: Request) -> tuple[str, ...]:
    """Languages that the city offers its pages in, the default first."""
    return current_gateway(request).city.languages


def language_of(request: Request) -> str:
    """Language for ``request``: the query's choice, else the cookie's, else the browser's, else the city's default."""
    ours = offered(request)
    for choice in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if choice in ours:
            return choice
    accepted = (tag.partition("-")[0].lower() for tag in wanted(request.headers.get("accept-language", "")))
    return next((one for one in accepted if one in ours), ours[0])


def remember_language(request: Request, response: Response) -> None:
    """Keeps a choice that the address brought, for the browser's next pages."""
    chosen = request.query_params.get("lang")
    if chosen in offered(request) and chosen != request.cookies.get(LANGUAGE_COOKIE):
        secure = current_gateway(request).settings.secure
        response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=31_536_000, secure=secure, httponly=True, samesite="lax")
