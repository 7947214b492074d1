"""Forms: fields and files, read within bounds; the form's token is checked before any file is taken in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from gateway.answers.problems import Problem
from gateway.bodies.body import body_of
from gateway.bodies.kinds import MULTIPART, SMALL, Kind, type_of
from gateway.bodies.ours import is_our_form

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

FIELDS_MOST = 200
"""Fields of a form; those of the portal have some twenty."""
OPENING = 64 * 1024
"""Bytes that are read of a form whose request is refused, to give back what was typed."""
NAME_MOST = 200
"""Bytes of a field's name."""

Check = Callable[[str], None]
"""Looks at the form's token, and raises where the form is not to be read."""
CSRF_FIELD = "csrf"
"""Name of the field with the token; in a form of parts it comes first, so that nothing is read on trust."""


@dataclass(slots=True)
class Upload:
    """A file of a form."""

    name: str
    """Of the field."""
    filename: str
    data: bytearray = field(default_factory=bytearray, repr=False)
    too_large: bool = False
    """It had more bytes than are taken; what there was of it is gone."""


@dataclass(slots=True)
class Form:
    """What a browser sent."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    files: list[Upload] = field(default_factory=list)
    left_out: int = 0
    """Files beyond those that are taken; their bytes were not kept."""
    opened: str = ""
    """Name of the field of files that ended the reading, where only what comes before files is wanted."""

    def values(self, name: str) -> list[str]:
        """All values of a field."""
        return [value for key, value in self.fields if key == name]

    def uploads(self, name: str) -> list[Upload]:
        """The files of a field; an empty file field sends one without name, which does not count."""
        return [each for each in self.files if each.name == name and each.filename]


async def read_form(request: Request, kind: Kind, check: Check | None = None) -> Form:
    """The form of a request. Raises what ``Body.take`` raises, BAD_REQUEST, and what ``check`` raises of its token."""
    body_of(request).take(kind)
    form = request.state.reading = Form()  # what was read of it, should the reading end here
    if type_of(request.headers) == MULTIPART:
        await _Parts(request, kind, check, form).read()
        return form
    form.fields += _fields(await request.body())
    if check is not None:
        check(next(iter(form.values(CSRF_FIELD)), ""))
    return form


async def read_opening(request: Request, form: Form) -> None:
    """Reads into a form what comes before its first file, as far as the body may be read. Raises as ``read_form``."""
    if type_of(request.headers) == MULTIPART:
        with suppress(_FileComesError):
            await _Parts(request, SMALL, None, form, opening=True).read()
        return
    data = bytearray()
    with suppress(Problem):  # the last entry may be cut off: better than none
        async for chunk in request.stream():
            data += chunk
    form.fields += _fields(bytes(data))


class _FileComesError(Exception):
    """Nothing more is wanted."""


def _fields(data: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(data.decode("latin-1"), keep_blank_values=True, errors="replace", max_num_fields=FIELDS_MOST)
    except ValueError as error:
        raise _broken(f"The form has more than {FIELDS_MOST} fields.") from error


class _Parts:
    """Reads a form of parts, piece by piece as they come."""

    def __init__(self, request: Request, kind: Kind, check: Check | None, form: Form, *, opening: bool = False) -> None:
        self._request = request
        self._opening = opening
        """Whether the first file ends the reading."""
        self._body = body_of(request)
        self._files_most = kind.files
        self._file_bytes = kind.most_a_file(self._body.settings)
        self._check = check
        self._refusal: Problem | None = None
        """Of the token; what else a form of ours says is read all the same, up to its first file, to be given back."""
        self._form = form
        self._disposition = self._header = b""
        self._name, self._value = "", bytearray()
        self._text_left = self._text_most = kind.most_fields(self._body.settings)
        self._file: Upload | None = None
        self._keeps = False
        self._whole = False

    async def read(self) -> None:
        _, options = parse_options_header(self._request.headers["content-type"])
        boundary = options.get(b"boundary")
        if not boundary:
            raise _broken("Content-Type lacks the boundary of the form's parts.")
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin,
            "on_header_begin": self._header_begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._last,
        }
        try:
            parser = MultipartParser(boundary, callbacks)
            async for chunk in self._request.stream():
                parser.write(chunk)
            parser.finalize()
        except FormParserError as error:
            raise _broken("The form's parts cannot be told apart.") from error
        if not self._whole and not self._opening:
            raise _broken("The form ends before its last part does.")
        if self._check is not None and not self._form.fields:
            self._judge("")  # a form of nothing bears no token either
        if self._refusal is not None:
            raise self._refusal

    def _judge(self, token: str) -> None:
        assert self._check is not None
        try:
            self._check(token)
        except Problem as problem:
            if not is_our_form(self._request, self._body.settings):
                raise
            self._refusal = problem

    def _begin(self) -> None:
        self._disposition = b""

    def _header_begin(self) -> None:
        self._header = b""

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition += data[start:end]

    def _headers_end(self) -> None:
        form = self._form
        _, options = parse_options_header(self._disposition)
        name, filename = options.get(b"name"), options.get(b"filename")
        if name is None or len(name) > NAME_MOST:
            raise _broken("A part of the form has no name, or too long a one.")
        self._name, self._value, self._file = name.decode("utf-8", "replace"), bytearray(), None
        if len(form.fields) + len(form.files) + form.left_out >= FIELDS_MOST:
            raise _broken(f"The form has more than {FIELDS_MOST} parts.")
        if filename is None:
            return
        if self._opening and filename:
            form.opened = self._name
            raise _FileComesError
        if self._check is not None and not form.fields:
            self._judge("")  # a file before the token
        if self._refusal is not None and filename:
            form.opened = self._name
            raise self._refusal
        self._file = Upload(self._name, filename.decode("utf-8", "replace")[:NAME_MOST])
        self._keeps = len(form.files) < self._files_most
        if self._keeps:
            form.files.append(self._file)
        else:
            form.left_out += 1

    def _data(self, data: bytes, start: int, end: int) -> None:
        size = end - start
        if self._file is None:
            self._text_left -= size
            if self._text_left < 0:
                raise _broken(f"The form's fields have more than {self._text_most:,} bytes.")
            self._value += data[start:end]
            return
        file = self._file
        if self._keeps and not file.too_large and len(file.data) + size > self._file_bytes:
            file.too_large = True
            self._body.dropped(len(file.data))
            file.data = bytearray()
        if self._keeps and not file.too_large:
            file.data += data[start:end]
        else:
            self._body.dropped(size)

    def _end(self) -> None:
        if self._file is not None:
            return
        value = self._value.decode("utf-8", "replace")
        if self._check is not None and not self._form.fields:
            self._judge(value if self._name == CSRF_FIELD else "")
        self._form.fields.append((self._name, value))

    def _last(self) -> None:
        self._whole = True


def _broken(detail: str) -> Problem:
    return Problem(400, "BAD_REQUEST", detail)
