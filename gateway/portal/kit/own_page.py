"""A page that shows what is one's own: modules with one say it as ``OWN_PAGE``, and ``/saya`` leads to all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from services.kit.city import City


class OwnPage(NamedTuple):
    """Where it is, the text of its name, and whether a city has it."""

    path: str
    name: str
    there: Callable[[City], object] = lambda _: True
