"""What a browser sent in a form, read defensively."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from gateway.answers.problems import Problem

PHOTOS_MOST = 3


class Fields(dict[str, str]):
    """The text fields of a form; a field that was not sent is empty. Templates read it like a plain mapping."""

    def __missing__(self, name: str) -> str:
        return ""

    def flag(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self[name])

    def number(self, name: str) -> float | None:
        """A decimal number; None where there is none."""
        try:
            return float(self[name])
        except ValueError:
            return None


async def read(request: Request) -> Fields:
    """The text fields, stripped of surrounding space; line ends become plain."""
    form = await request.form()
    return Fields({name: _plain(value) for name, value in form.items() if isinstance(value, str)})


def _plain(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\0", "").strip()


async def values(request: Request, name: str) -> list[str]:
    """All values of a repeated field, such as ticked boxes."""
    return [value for value in (await request.form()).getlist(name) if isinstance(value, str) and value]


async def uploads(request: Request, name: str = "photos") -> list[UploadFile]:
    """The files of a field; an empty file field sends one without name, which does not count."""
    form: FormData = await request.form()
    return [value for value in form.getlist(name) if isinstance(value, UploadFile) and value.filename]


def kept(fields: Mapping[str, str], problem: Problem) -> Fields:
    """The entries for showing the form again.

    While it is not known whether the request took effect, the form keeps its key, so that nothing happens twice. After
    a refusal it gets a fresh one: what is sent next is another request.
    """
    unknown = problem.status >= 500 or problem.reason == "REQUEST_IN_FLIGHT"
    return Fields({name: value for name, value in fields.items() if unknown or name != "request_id"})
