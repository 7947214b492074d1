"""The process itself: ``python -m services.living.planner.worker 3221225472``.

``apart/running.py`` starts it. It gets a feed over its standard input, which is a socket, then questions, and answers
over the same. It knows no secrets, writes no file, bounds its memory, and ends with the pillar.
"""

import os
import resource
import signal
import socket
import sys
import time
from collections import defaultdict
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from services.living.apart.frames import HEAD, MOST_BYTES, Answered, Asked, Frame, Opening, Ready, Rows, framed
from services.living.planner.answering import Planner
from services.living.timetable.reading import feed_of


def serve(place: socket.socket) -> None:
    """Reads a feed, then answers until the pillar is gone."""
    with place, place.makefile("rb") as source:
        planner = _load(source, place)
        while (frame := _next(source)) is not None:
            kind, content = frame
            if kind is Frame.QUESTION:
                asked = msgspec.msgpack.decode(content, type=Asked)
                _say(place, *_answer(planner, asked))
            elif kind is Frame.NOW:
                _tell(planner, content)


def _tell(planner: Planner, now: bytes) -> None:
    try:
        planner.tell(now)
    except Exception as error:  # the timetable still answers
        sys.stderr.write(f"planner: what it was told of the present is not understood: {error!r}\n")


def _answer(planner: Planner, asked: Asked) -> tuple[Frame, Answered]:
    try:
        answer = planner.answer(asked.about, bytes(asked.question))
    except Exception as error:
        sys.stderr.write(f"planner: a question about {asked.about} broke: {error!r}\n")
        return Frame.FAILED, Answered(asked.number, msgspec.Raw(msgspec.msgpack.encode(None)))
    return Frame.ANSWER, Answered(asked.number, msgspec.Raw(answer))


def _load(source: Any, place: socket.socket) -> Planner:
    opening: Opening | None = None
    rows: dict[str, list[Any]] = defaultdict(list)
    times = bytearray()
    now = b""
    while (frame := _next(source)) is not None:
        kind, content = frame
        if kind is Frame.FEED:
            opening = msgspec.msgpack.decode(content, type=Opening)
        elif kind is Frame.ROWS:
            part = msgspec.msgpack.decode(content, type=Rows)
            rows[part.table] += part.rows
        elif kind is Frame.TIMES:
            times += content
        elif kind is Frame.NOW:
            now = content
        elif kind is Frame.READY and opening is not None:
            begin = time.monotonic()
            planner = Planner(feed_of(opening.timezone, rows, times), date.fromisoformat(opening.today))
            if now:
                _tell(planner, now)
            _say(place, Frame.READY, Ready(time.monotonic() - begin, planner.days.bytes))
            return planner
    sys.exit(0)  # the pillar is gone


def _next(source: Any) -> tuple[Frame, bytes] | None:
    head = source.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    size, kind = HEAD.unpack(head)
    if size > MOST_BYTES:
        raise ValueError("a frame is too long")
    return Frame(kind), source.read(size)


def _say(place: socket.socket, kind: Frame, words: object) -> None:
    place.sendall(framed(kind, msgspec.msgpack.encode(words)))


def _bound(memory_bytes: int) -> None:
    for name, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(name, (most, most))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")  # sooner this one than the pillar


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _bound(int(sys.argv[1]))
    listening = socket.socket(fileno=0)
    listening.setblocking(True)
    try:
        serve(listening)
    except (BrokenPipeError, ConnectionResetError):
        os._exit(0)  # the pillar is gone
