"""Who tells whom, drawn from what the pillars declare: ``python -m deploy.told`` writes docs/pictures/events.svg.

An arrow goes from the pillar that tells to each that hears; its number is how many kinds of events are heard, and its
title names them.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from deploy.pillars import NAMES, pillar

FILE = Path(__file__).parents[1] / "docs" / "pictures" / "events.svg"
_WIDTH, _HEIGHT = 860, 560
_NODE = (150, 44)
_COLOURS = ("#0b4f4a", "#9a5b13", "#2f5d8a", "#3f7d3a", "#8a3b5c", "#5b4a9a")

Told = Mapping[tuple[str, str], Sequence[str]]


def told() -> Told:
    """The events that each pillar hears of each other, by teller and hearer; what it hears of itself left out."""
    known = [pillar(name) for name in NAMES]
    found: dict[tuple[str, str], list[str]] = {}
    for hearer in known:
        for teller, subjects in hearer.subjects_in(known).items():
            if teller != hearer.name:
                found[teller, hearer.name] = sorted({_event(subject) for subject in subjects})
    return found


def _event(subject: str) -> str:
    """The event's own name: the one word of its subject that begins with a capital."""
    return next(word for word in subject.split(".") if word[:1].isupper())


def svg(of: Told) -> str:
    """The drawing."""
    places = {name: _place(number) for number, name in enumerate(NAMES)}
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="14">',
        "<title>Who tells whom: the kinds of events that pillars hear of each other</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fbf8f2"/>',
        "<defs>",
        *(
            f'<marker id="m{number}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
            f'orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="{colour}"/></marker>'
            for number, colour in enumerate(_COLOURS)
        ),
        "</defs>",
    ]
    lines += [
        _arrow(NAMES.index(teller), places[teller], places[hearer], names)
        for (teller, hearer), names in sorted(of.items())
    ]
    lines += [_node(number, name, places[name]) for number, name in enumerate(NAMES)]
    return "\n".join([*lines, "</svg>", ""])


def _place(number: int) -> tuple[float, float]:
    """On an ellipse, the first on top."""
    turn = 2 * math.pi * number / len(NAMES) - math.pi / 2
    return _WIDTH / 2 + 330 * math.cos(turn), _HEIGHT / 2 + 225 * math.sin(turn)


def _node(number: int, name: str, at: tuple[float, float]) -> str:
    wide, high = _NODE
    x, y = at
    return (
        f'<rect x="{x - wide / 2:.1f}" y="{y - high / 2:.1f}" width="{wide}" height="{high}" rx="8" '
        f'fill="{_COLOURS[number]}"/><text x="{x:.1f}" y="{y + 5:.1f}" text-anchor="middle" fill="#fff" '
        f'font-weight="bold">{name}</text>'
    )


def _arrow(number: int, start: tuple[float, float], end: tuple[float, float], names: Sequence[str]) -> str:
    """Bent to its right, so that the two ways between two pillars lie apart."""
    (x, y), (to_x, to_y) = start, end
    long = math.hypot(to_x - x, to_y - y)
    side_x, side_y = (y - to_y) / long * 46, (to_x - x) / long * 46
    middle = ((x + to_x) / 2 + side_x, (y + to_y) / 2 + side_y)
    first, last = _edge(start, middle), _edge(end, middle)
    at_x, at_y = (
        0.25 * first[0] + 0.5 * middle[0] + 0.25 * last[0],
        0.25 * first[1] + 0.5 * middle[1] + 0.25 * last[1],
    )
    return (
        f'<g><title>{escape(", ".join(names))}</title><path d="M{first[0]:.1f} {first[1]:.1f}Q{middle[0]:.1f} '
        f'{middle[1]:.1f} {last[0]:.1f} {last[1]:.1f}" fill="none" stroke="{_COLOURS[number]}" '
        f'stroke-width="{1 + min(len(names), 12) / 4:g}" marker-end="url(#m{number})"/>'
        f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="11" fill="#fff" stroke="{_COLOURS[number]}"/>'
        f'<text x="{at_x:.1f}" y="{at_y + 4.5:.1f}" text-anchor="middle" font-size="12" '
        f'fill="{_COLOURS[number]}">{len(names)}</text></g>'
    )


def _edge(node: tuple[float, float], towards: tuple[float, float]) -> tuple[float, float]:
    """Where a line from a node's middle leaves its box, and a little room."""
    (x, y), (to_x, to_y) = node, towards
    wide, high = _NODE[0] / 2 + 5, _NODE[1] / 2 + 5
    across, down = to_x - x, to_y - y
    part = min(wide / abs(across) if across else math.inf, high / abs(down) if down else math.inf)
    return x + across * part, y + down * part


if __name__ == "__main__":
    FILE.write_text(svg(told()), encoding="utf-8")
    sys.stdout.write(f"{FILE}\n")
