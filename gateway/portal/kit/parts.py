"""Parts of a page that are the same for everybody: made once a language, and again when what they show has changed.

What a crowd looks at costs as little as possible for each of them: to render the home's map and tables anew takes some
ten times as long as all else that its page needs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from markupsafe import Markup
from starlette.requests import Request

from gateway.portal.kit.page import city_words, texts_of
from gateway.portal.kit.templating import templates

LONGEST_S = 10.0
"""For how long a part is shown that has not changed: it may say how old something is."""

Kept = dict[tuple[str, str], tuple[float, object, Markup]]
"""When it was made, of what, and the part, by template and language."""


def part(request: Request, template: str, state: object, shown: Callable[[], dict[str, Any]]) -> Markup:
    """The part that ``template`` makes of ``shown``; the last one while ``state`` equals what that was made of.

    Nothing is known to the template of who asks: no caller, no token, no nonce.
    """
    kept: Kept = request.app.state.parts
    texts, now = texts_of(request), time.monotonic()
    made, of, found = kept.get((template, texts.language), (float("-inf"), None, Markup()))
    if now - made < LONGEST_S and of == state:
        return found
    city = city_words(request)
    known = {"t": texts, "lang": texts.language, "city": city, "zone": city.city.timezone}
    found = Markup(templates().get_template(template).render(known | shown()))  # noqa: S704 - templates escape
    kept[template, texts.language] = (now, state, found)
    return found
