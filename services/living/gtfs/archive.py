"""The archive of a feed: a zip, or a folder that is made one. Everything is bounded before it is read.

Nothing is ever unpacked to disk: members are read where they are, so no name of theirs is a path.
"""

import hashlib
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

MOST_BYTES = 256 << 20
"""Of an archive."""
MOST_MEMBERS = 200
MOST_DIRECTORY_BYTES = 1 << 20
"""Of an archive's list of members."""
MOST_UNPACKED_BYTES = 2 << 30
"""Of all members together: what 5,000,000 stop times and as many points of shapes have, and more."""
MOST_RATIO = 200
"""How many times its size a member may unpack to; texts of timetables have 10 to 30."""
_FREE_BYTES = 1 << 20
"""Below it the ratio does not matter."""
_CHUNK = 1 << 20
_MOST_SAID = 100
"""Letters of a member's name that are told."""
_END, _END_BYTES, _MOST_COMMENT = b"PK\x05\x06", 22, 1 << 16
_ZIP64, _ZIP64_BYTES = b"PK\x06\x07", 20
"""What stands before the end where another record says how many members there are, whatever the end says. No archive
within the bounds needs it.
"""
_EPOCH = (1980, 1, 1, 0, 0, 0)


class CodedError(Exception):
    """Says why something cannot be done, and what to do.

    ``code`` says why in a word and ``about`` of what, for who tells it in another language.
    """

    def __init__(self, message: str, code: str, about: str = "") -> None:
        """Says it."""
        super().__init__(message)
        self.code, self.about = code, about


class ArchiveError(CodedError):
    """It cannot be read as an archive of a feed."""


class Archive:
    """A zip whose size, members and unpacked size are within their bounds."""

    def __init__(self, file: IO[bytes], members: Sequence[zipfile.ZipInfo], packed: zipfile.ZipFile) -> None:
        """``file`` is the zip itself."""
        self._file, self._packed = file, packed
        self._sizes = {one.filename: one.file_size for one in members if not one.is_dir()}
        self.names = tuple(self._sizes)
        file.seek(0, os.SEEK_END)
        self.bytes = file.tell()
        self.digest = _digest(file)

    def size(self, name: str) -> int:
        """Bytes of a member, unpacked, as the archive says."""
        return self._sizes[name]

    @contextmanager
    def member(self, name: str) -> Iterator[IO[bytes] | None]:
        """The content of a member; None where there is none of that name. Raises ArchiveError."""
        if name not in self.names:
            yield None
            return
        try:
            with self._packed.open(name) as content:
                yield content
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise ArchiveError(
                f"{name} cannot be unpacked ({error}): pack it again", "broken_member", name[:_MOST_SAID]
            ) from error

    def parts(self, size: int = _CHUNK) -> Iterator[bytes]:
        """The zip as it is, in parts."""
        self._file.seek(0)
        while part := self._file.read(size):
            yield part


@contextmanager
def opened(source: Path) -> Iterator[Archive]:
    """An archive of a zip file or a folder. Raises ArchiveError."""
    if source.is_dir():
        with tempfile.TemporaryFile() as packed:
            pack(source, packed)
            with of(packed) as archive:
                yield archive
        return
    try:
        with source.open("rb") as file, _seekable(file) as whole, of(whole) as archive:
            yield archive
    except FileNotFoundError:
        raise ArchiveError(f"{source} is not there: name a folder or a zip file", "no_source") from None
    except PermissionError:
        raise ArchiveError(f"{source} may not be read: check its owner and mode", "no_source") from None


@contextmanager
def _seekable(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """What comes through a pipe (``/dev/stdin``) is kept meanwhile, up to the most that an archive has."""
    if file.seekable():
        yield file
        return
    with tempfile.TemporaryFile() as kept:
        came = 0
        while part := file.read(_CHUNK):
            came += len(part)
            if came > MOST_BYTES:
                raise too_large()
            kept.write(part)
        yield kept


def too_large() -> ArchiveError:
    return ArchiveError(f"it has more than {MOST_BYTES >> 20} MB", "large")


def pack(folder: Path, file: IO[bytes]) -> None:
    """Makes a zip of the files of a folder, always the same of the same content. Raises ArchiveError."""
    found = sorted(path for path in _files(folder) if path.suffix in {".txt", ".geojson"})
    if len(found) > MOST_MEMBERS:
        raise ArchiveError(
            f"{folder} has more than {MOST_MEMBERS} files: name the folder of the feed itself", "many_members"
        )
    if sum(path.stat().st_size for path in found) > MOST_UNPACKED_BYTES:
        raise ArchiveError(f"{folder} has more than {MOST_UNPACKED_BYTES >> 20} MB", "large_unpacked")
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for path in found:
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.file_size = path.stat().st_size
            with path.open("rb") as content, packed.open(entry, "w") as into:
                while part := content.read(_CHUNK):
                    into.write(part)
    file.flush()


def _files(folder: Path) -> Iterator[Path]:
    """Files of a folder and of those right below it; links are not followed."""
    for path in folder.iterdir():
        if path.is_symlink():
            continue
        if path.is_dir():
            yield from (one for one in path.iterdir() if one.is_file() and not one.is_symlink())
        elif path.is_file():
            yield path


@contextmanager
def of(file: IO[bytes]) -> Iterator[Archive]:
    """The archive that an open file is. Raises ArchiveError."""
    _check_end(file)
    try:
        packed = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error) as error:
        raise ArchiveError(f"it is no zip file ({error}): download it again", "no_zip") from error
    with packed:
        members = packed.infolist()
        _check(members)
        yield Archive(file, members, packed)


def _check_end(file: IO[bytes]) -> None:
    """Refuses what is too large, before its list of members is read."""
    size = file.seek(0, os.SEEK_END)
    if size > MOST_BYTES:
        raise too_large()
    file.seek(max(0, size - _ZIP64_BYTES - _END_BYTES - _MOST_COMMENT))
    tail = file.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_BYTES:
        raise ArchiveError("it is no zip file, or its end is missing: download it again", "no_zip")
    members, directory = struct.unpack_from("<HI", tail, place + 10)
    large = tail[max(0, place - _ZIP64_BYTES) : place].startswith(_ZIP64)
    if large or members > MOST_MEMBERS or directory > MOST_DIRECTORY_BYTES:
        raise ArchiveError(f"it has more than {MOST_MEMBERS} members, or their names are too long", "many_members")


def _check(members: Sequence[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS:
        raise ArchiveError(f"it has more than {MOST_MEMBERS} members", "many_members")
    names = [one.filename for one in members]
    for one in members:
        name, said = PurePosixPath(one.filename), one.filename[:_MOST_SAID]
        if name.is_absolute() or ".." in name.parts or "\\" in one.filename:
            raise ArchiveError(f"a member's name leads out of the archive: {one.filename!r}", "name_outside", said)
        if names.count(one.filename) > 1:
            raise ArchiveError(f"{one.filename!r} is there twice: pack it again", "name_twice", said)
        if one.flag_bits & 1:
            raise ArchiveError(f"{one.filename!r} is encrypted: pack it without a password", "encrypted", said)
        if one.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise ArchiveError(
                f"{one.filename!r} is packed in another way than deflate: pack it again", "packed_otherwise", said
            )
        if one.file_size > max(_FREE_BYTES, MOST_RATIO * one.compress_size):
            raise ArchiveError(
                f"{one.filename!r} would unpack to more than {MOST_RATIO} times its size", "swelling_member", said
            )
    if sum(one.file_size for one in members) > MOST_UNPACKED_BYTES:
        raise ArchiveError(f"it would unpack to more than {MOST_UNPACKED_BYTES >> 20} MB", "large_unpacked")


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while part := file.read(_CHUNK):
        digest.update(part)
    return digest.hexdigest()
