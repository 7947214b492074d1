"""What a browser sent in a form, read defensively."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request

from gateway.answers.problems import Problem
from gateway.bodies.forms import Form, Upload, read_form
from gateway.bodies.kinds import SMALL
from services.kit.rpc.text import clean


class Fields(dict[str, str]):
    """The text fields of a form; a field that was not sent is empty. Templates read it like a plain mapping.

    Of one that was sent several times it holds the last; ``all`` has each, so that boxes stand as they were left.
    """

    sent: Sequence[tuple[str, str]] = ()

    def __missing__(self, name: str) -> str:
        return ""

    def flag(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self[name])

    def all(self, name: str) -> list[str]:
        """All values of a repeated field, such as ticked boxes."""
        return [value for key, value in self.sent if key == name and value]

    def number(self, name: str) -> float | None:
        """A decimal number; None where there is none."""
        try:
            return float(self[name])
        except ValueError:
            return None


def lines(text: str, most: int) -> list[str]:
    """The lines of an entry that say something; of too many one more than there may be, so that it is told."""
    return [line for line in map(str.strip, text.splitlines()) if line][: most + 1]


async def read(request: Request) -> Fields:
    """The text fields as pillars take them: without control characters, trimmed, empty when nothing of them is seen."""
    sent = [(name, clean(value)) for name, value in (await _form(request)).fields]
    fields = Fields(sent)
    fields.sent = sent
    return fields


async def uploads(request: Request, name: str = "photos") -> list[Upload]:
    """The files of a field, as many as the form may have."""
    return (await _form(request)).uploads(name)


async def files_left_out(request: Request) -> int:
    """How many files there were beyond those that the form may have."""
    return (await _form(request)).left_out


async def _form(request: Request) -> Form:
    """What the page's dependency read (``FormChecked``); fields alone where a page has none."""
    form: Form | None = getattr(request.state, "form", None)
    if form is None:
        request.state.form = form = await read_form(request, SMALL)
    return form


def kept(fields: Fields, problem: Problem) -> Fields:
    """The entries for showing the form again.

    While it is not known whether the request took effect, the form keeps its key, so that nothing happens twice. After
    a refusal it gets a fresh one: what is sent next is another request.
    """
    unknown = may_have_happened(problem)
    again = Fields({name: value for name, value in fields.items() if unknown or name != "request_id"})
    again.sent = fields.sent
    return again


def may_have_happened(problem: Problem) -> bool:
    """Whether what was asked for may have been done, in spite of the answer."""
    return problem.status >= 500 or problem.reason == "REQUEST_IN_FLIGHT"
