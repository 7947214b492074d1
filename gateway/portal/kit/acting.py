"""Doing what a form asks: a refusal becomes what the page shows of it, with the entries still there."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc.aio
from google.protobuf.message import Message
from starlette.requests import Request

from gateway.answers.problems import Problem, from_grpc
from gateway.callers.session import current_caller
from gateway.portal.kit import forms
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import Trouble, field_trouble, texts_of, told
from services.kit.caller import Caller
from services.kit.rpc import rules

Answer = TypeVar("Answer")


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
        return {"done": self.done, "doing": self.doing, "form": self.form or Fields(), **trouble}


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
    trouble = Trouble.of(problem, texts_of(request))
    return FormState(doing=doing, form=forms.kept(form, problem), trouble=trouble, status=problem.status)


def incomplete(request: Request, doing: str, form: Fields, **errors: str) -> FormState:
    """Entries that the portal itself finds wanting; the errors are keys of texts."""
    texts = texts_of(request)
    said = {name: texts(key) for name, key in errors.items()}
    return FormState(doing=doing, form=form, trouble=field_trouble(texts, **said), status=422)


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
