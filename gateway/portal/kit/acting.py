"""Doing what a form asks: a refusal becomes what the page shows of it, with the entries still there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import grpc.aio
from google.protobuf.message import Message
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import Problem, from_grpc
from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit import carried, forms
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import texts_of
from gateway.portal.kit.trouble import Trouble, field_trouble, told
from services.kit.caller import Caller
from services.kit.rpc import rules

Answer = TypeVar("Answer")
OVERTAKEN = frozenset({409, 412})
"""Of a refusal since it is not any more as the form had it: what it asked for may have been done in another tab."""


@dataclass(frozen=True)
class FormState:
    """What a page shows of a form besides what it is about."""

    done: str = ""
    doing: str = ""
    """Which of the page's forms it was."""
    form: Fields | None = None
    trouble: Trouble | None = None
    status: int = 200

    def context(self) -> dict[str, Any]:
        """For the template."""
        trouble = self.trouble.context() if self.trouble else {}
        form = self.form or Fields()
        kept = carried.entries(form, self.doing)
        return {"done": self.done, "doing": self.doing, "form": form, "kept": kept, **trouble}


def signed_in(request: Request) -> Caller:
    """Dependency: somebody with a login."""
    caller = current_caller(request)
    if caller.roles <= {"anonymous"}:
        raise Problem(401, "LOGIN_REQUIRED", "This page needs a login.")
    return caller


async def attempted(request: Request, doing: str, form: Fields, answer: Awaitable[Answer]) -> Answer | FormState:
    """The answer of a call, or what to show of its refusal."""
    try:
        return await answer
    except grpc.aio.AioRpcError as error:
        problem = from_grpc(error)
    except Problem as refused:  # by the gateway itself: of a file
        problem = refused
    trouble = Trouble.of(problem, texts_of(request))
    return FormState(doing=doing, form=forms.kept(form, problem), trouble=trouble, status=problem.status)


async def tried(
    request: Request, caller: Caller, doing: str, form: Fields, asked: Message,
    errors: Mapping[str, str] | None = None,
) -> Any:  # fmt: skip
    """The answer of a pillar to what a form asks for, or (``FormState``) what to show of its refusal.

    With ``errors`` all that is wrong with the entries is told at once, as ``wanting`` finds it.
    """
    if errors is not None and (found := wanting(request, doing, form, asked, errors)):
        return found
    return await attempted(request, doing, form, current_gateway(request).pillars.send(asked, caller))


@dataclass(frozen=True)
class Desk:
    """A desk of one thing by its id: what is done to it leads back to its page, or shows there why not."""

    path: str
    show: Callable[[Request, str, Caller, FormState], Awaitable[Response]]

    async def do(
        self, request: Request, id_: str, caller: Caller, doing: str, form: Fields, asked: Message, done: str
    ) -> Response:
        """Does what a form asks for; ``done`` is the word that its page says then."""
        return await self.after(request, id_, caller, await tried(request, caller, doing, form, asked), done)

    async def after(self, request: Request, id_: str, caller: Caller, answer: Any, done: str) -> Response:
        """The same once it is tried."""
        if isinstance(answer, FormState):
            return await self.show(request, id_, caller, answer)
        return RedirectResponse(f"{self.path}/{id_}?done={done}", 303)


def incomplete(request: Request, doing: str, form: Fields, **errors: str) -> FormState:
    """Entries that the portal itself finds wanting; the errors are keys of texts."""
    texts = texts_of(request)
    said = {name: texts(key) for name, key in errors.items()}
    return FormState(doing=doing, form=form, trouble=field_trouble(texts, **said), status=422)


def overtaken(request: Request, shown: FormState, text: str, **words: object) -> FormState:
    """What a page says of something whose form it does not offer any more, since others were first: ``text`` is the key
    of how things are (``words`` go into it), and nobody is told to send it once more. Other troubles stay as they are.
    """
    if shown.status not in (200, 404, *OVERTAKEN):
        return shown
    texts = texts_of(request)
    return replace(
        shown, trouble=Trouble(texts("problem.p412"), texts(text, **words), {}), status=max(shown.status, 409)
    )


def unkept(request: Request, doing: str, text: str) -> FormState:
    """What a pillar of the version before did while it is upgraded, without all that was asked for; ``text`` is the key
    of what says so.
    """
    texts = texts_of(request)
    return FormState(doing=doing, trouble=Trouble(texts("problem.p409"), texts(text), {}), status=409)


def wanting(
    request: Request, doing: str, form: Fields, asked: Message, errors: Mapping[str, str]
) -> FormState | None:  # fmt: skip
    """All that is wrong with entries, or None: what the portal cannot read, and what the contract does not take.

    A pillar tells of one at a time. ``errors`` are keys of texts by the entries' names.
    """
    texts = texts_of(request)
    wrong = {name: texts(key) for name, key in errors.items()}
    for fault in rules.faults(asked):
        name = fault.path.rpartition(".")[2]
        wrong.setdefault(name, told(texts, fault.reason, name, fault.message))
    return FormState(doing=doing, form=form, trouble=field_trouble(texts, **wrong), status=422) if wrong else None
