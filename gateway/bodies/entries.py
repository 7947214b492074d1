"""What a form of our pages said, to be given back when its request is refused: nobody types twice.

Only forms that the browser itself says are our own are given back, with a fresh token: another site's form would
otherwise come back as one of ours, for one press of a button.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from starlette.requests import Request

from gateway.answers.problems import Problem
from gateway.bodies.body import body_of
from gateway.bodies.forms import OPENING, Form, read_opening
from gateway.bodies.kinds import MULTIPART, type_of
from gateway.bodies.ours import is_our_form
from gateway.settings import GatewaySettings


@dataclass(frozen=True)
class Entries:
    """What was typed, as far as it was read."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    files: str = ""
    """Name of the field with files, which have to be chosen again; empty where there were none."""
    parts: bool = False
    """Whether it was a form of parts."""


async def read(request: Request, settings: GatewaySettings) -> Entries | None:
    """What the form of a refused request said, read now if it was not before; None where it is not to be given back."""
    if not is_our_form(request, settings):
        return None
    if not hasattr(request.state, "reading"):
        form = request.state.reading = Form()
        with suppress(Problem):  # as far as it came
            body_of(request).open(OPENING)
            await read_opening(request, form)
    return known(request, settings)


def known(request: Request, settings: GatewaySettings) -> Entries | None:
    """The same, of what was read so far."""
    form: Form | None = getattr(request.state, "reading", None)
    if form is None or not is_our_form(request, settings):
        return None
    files = form.opened or next((each.name for each in form.files if each.filename), "")
    return Entries(form.fields, files, type_of(request.headers) == MULTIPART)
