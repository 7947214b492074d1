"""Parts of a page that are the same for everybody: made once a language, and again when what they show has changed.

What a crowd looks at costs as little as possible for each of them: to render the home's map and tables anew takes some
ten times as long as all else that its page needs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from starlette.requests import Request

from gateway.answers.packing import Piece
from gateway.portal.kit.page import city_words, texts_of
from gateway.portal.kit.templating import templates

LONGEST_S = 10.0
"""For how long a part is shown that has not changed: it may say how old something is."""


class Part(Piece):
    """A part of pages, which templates take as the HTML that it is."""

    def __html__(self) -> str:
        return self.text


Kept = dict[tuple[str, str], tuple[float, object, Part]]
"""When it was made, of what, and the part, by template and language."""


def part(request: Request, template: str, state: object, shown: Callable[[], dict[str, Any]]) -> Part:
    """The part that ``template`` makes of ``shown``; the last one while ``state`` equals what that was made of.

    Nothing is known to the template of who asks: no caller, no token, no nonce. A page has its parts in the order in
    which they were asked for; they are packed once (``gateway.edge.packing``).
    """
    found = _part(request, template, state, shown)
    request.state.pieces = [*getattr(request.state, "pieces", ()), found]
    return found


def _part(request: Request, template: str, state: object, shown: Callable[[], dict[str, Any]]) -> Part:
    kept: Kept = request.app.state.parts
    texts, now = texts_of(request), time.monotonic()
    made, of, found = kept.get((template, texts.language), (float("-inf"), None, Part("")))
    if now - made < LONGEST_S and of == state:
        return found
    city = city_words(request)
    known = {"t": texts, "lang": texts.language, "city": city, "zone": city.city.timezone}
    found = Part(templates().get_template(template).render(known | shown()))
    kept[template, texts.language] = (now, state, found)
    return found
