"""A form that was refused as a whole, too soon, too large or while something was away: what was typed comes back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import unquote, urlsplit

from markupsafe import escape
from starlette.requests import Request

from gateway.answers.problems import Problem
from gateway.bodies.entries import Entries
from gateway.bodies.forms import CSRF_FIELD
from gateway.drafts.held import Held
from gateway.portal.kit.here import address
from gateway.portal.kit.texts import Texts
from services.kit.numbers import typed

_FOR_GOOD = frozenset({400, 401, 404, 405, 409, 415, 422})
"""After these the same form sent again meets the same refusal; what was typed is shown all the same."""
UNSHOWN = "<!-- unshown -->"
"""Where a page that tells of a problem has what was typed into a form that is not on it any more."""
DECISION = "decision-"
"""What the name of a choice begins with that a form has for each of several things; the thing's id follows."""
_SEND_AGAIN = ("problem.m412", "reason.STALE_ETAG")
"""Texts that ask for a form to be sent once more."""
_ACTION = re.compile(r'action="([^"]*)"')
_WITHOUT_ACTION = '<form method="post" data-once'
"""A form that is sent to the address of its page."""
_MOST_SECONDS = 120
"""Nobody counts more of them: what ends tomorrow says so in its own words; a rate, of as many limits, has none."""
_NEVER = frozenset({CSRF_FIELD, "key", "nik"})
"""Fields that no page gives back."""


@dataclass(frozen=True)
class Again:
    """A form that was refused as a whole, to be sent again."""

    action: str
    """Where to; empty where that would not help."""
    parts: bool
    files: str
    fields: list[tuple[str, str]]
    words: list[tuple[str, str]]
    """What was typed, with the name of each field."""


def of(request: Request, problem: Problem, given: Entries | None, texts: Texts) -> Again | None:
    """The refused form as it can be sent again; None where there is nothing to give back."""
    if given is None:
        return None
    fields = [(name, value) for name, value in given.fields if name != CSRF_FIELD]
    hopeless = problem.status in _FOR_GOOD or (problem.status == 403 and problem.reason != "CSRF_TOKEN_REFUSED")
    action = "" if hopeless else address(request)
    return Again(action, given.parts, given.files, fields, _words(fields, texts))


def held(form: Held, texts: Texts) -> Again:
    """A form that was held while its sender logged in again."""
    return Again(form.action, form.parts, form.files, form.fields, _words(form.fields, texts))


def without_form(request: Request, context: Mapping[str, Any], page: str, texts: Texts) -> str:
    """A page that tells of a refusal; where its form (``FormState``) is not on it any more, since somebody else was
    faster, nobody is asked to send it once more.
    """
    sent = request.method == "POST" and context.get("problem") and context.get("doing")
    if not sent or _offers(page, request.url.path):
        return page
    for name in _SEND_AGAIN:
        page = page.replace(str(escape(texts(name))), str(escape(texts("problem.form_gone"))), 1)
    return page


def _offers(page: str, path: str) -> bool:
    """Whether a page has a form, or a button of one, that is sent to an address."""
    actions = (urlsplit(unescape(found)).path for found in _ACTION.findall(page))
    return _WITHOUT_ACTION in page or unquote(path) in map(unquote, actions)


def unshown(context: Mapping[str, Any], page: str, texts: Texts) -> list[tuple[str, str]]:
    """What was typed into the refused form of a page (``FormState``) that stands nowhere on it: somebody else was
    faster, or a time was over, and the form is not offered any longer.
    """
    if not (context.get("problem") and context.get("doing")):
        return []
    fields = [(name, value) for name, value in (context.get("form") or {}).items() if name not in _NEVER]
    return _words([(name, value) for name, value in fields if not _stands(name, value, page)], texts)


def _stands(name: str, value: str, page: str) -> bool:
    """Whether an entry is still on a page: what was typed by itself, what was chosen by its entry's name."""
    return f'name="{name}"' in page if name.startswith(DECISION) else str(escape(value)) in page


def _words(fields: list[tuple[str, str]], texts: Texts) -> list[tuple[str, str]]:
    labels = [_labelled(name, value, texts) for name, value in fields]
    return [(label, value) for label, value in labels if label and value.strip()]


def _labelled(name: str, value: str, texts: Texts) -> tuple[str, str]:
    if name.startswith(DECISION):
        return texts("field.decision"), texts.maybe(f"decision.{value}", "")
    prose = texts("problem.entry") if len(value.split()) > 1 else ""
    return texts.maybe(f"field.{name}", prose), value


def wait_of(problem: Problem) -> int:
    """After how many seconds to try again; 0 where nobody can tell, or where it is for the reason's words to tell."""
    seconds = typed(problem.headers.get("retry-after", ""), 9) or 0
    return seconds if seconds <= _MOST_SECONDS or problem.reason == "RATE_LIMITED" else 0
