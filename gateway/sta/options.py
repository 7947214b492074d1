"""System query options: ``$filter``, ``$select``, ``$orderby``, ``$top``, ``$skip``, ``$count``, ``$expand``. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from gateway.sta import evaluating, expressions
from gateway.sta.expressions import Node
from gateway.sta.faults import QueryFault
from gateway.sta.model import IDS, KINDS, SELF_LINK, Kind
from services.kit.numbers import typed

MOST_CHARACTERS = 4_000
"""Of a query, decoded."""
MOST_TOP = 1_000
TOP, NESTED_TOP = 100, 20
"""Entities of a page unless it is said, of the answer itself and of what is expanded in it."""
MOST_SKIP = 100_000
DEEPEST = 4
"""How far expansions may be nested."""
MOST_EXPANDED = 12
"""Expansions of a query, nested ones too."""
KNOWN = ("$filter", "$select", "$orderby", "$top", "$skip", "$count", "$expand", "$skiptoken")


def _part(name: str, value: str) -> str:
    return urlencode({f"${name}": value}, safe="$,()/'") if value else ""


class Order(NamedTuple):
    """What is sorted by."""

    by: Node
    descending: bool


@dataclass(frozen=True)
class Query:
    """What is asked of a collection or an entity."""

    filter: Node | None = None
    select: tuple[str, ...] = ()
    orderby: tuple[Order, ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    expand: Mapping[str, Query] = field(default_factory=dict)
    token: str = ""
    """Where a page of observations goes on."""
    text: Mapping[str, str] = field(default_factory=dict)
    """The options as they were written."""

    def written(self, **changes: str) -> str:
        """The options as a query, some changed; an empty one is left out."""
        found = {**self._parts, **{name: _part(name, value) for name, value in changes.items()}}
        return "&".join(filter(None, found.values()))

    @cached_property
    def _parts(self) -> Mapping[str, str]:
        """Each option as it stands in an address: what is expanded leads on from each of the entities it hangs on."""
        return {name.removeprefix("$"): _part(name.removeprefix("$"), value) for name, value in self.text.items()}


def read(raw: str, kind: Kind, *, many: bool) -> Query:
    """The options of a request for a collection or an entity. Raises QueryFault."""
    if len(raw) > 3 * MOST_CHARACTERS:
        raise QueryFault(f"is longer than {MOST_CHARACTERS} characters; ask for less at a time")
    pairs = parse_qsl(raw, keep_blank_values=True, max_num_fields=20) if raw.count("&") < 20 else None
    if pairs is None or sum(len(value) for _, value in pairs) > MOST_CHARACTERS:
        raise QueryFault(f"is longer than {MOST_CHARACTERS} characters; ask for less at a time")
    return _Reader().query(pairs, kind, many=many)


class _Reader:
    """Reads a query with all that is expanded in it."""

    def __init__(self) -> None:
        self._expanded = 0

    def query(self, pairs: list[tuple[str, str]], kind: Kind, *, many: bool, depth: int = 0) -> Query:
        text: dict[str, str] = {}
        query = Query()
        for name, value in pairs:
            if name not in KNOWN or (depth and name == "$skiptoken"):
                raise QueryFault(f"is not known; there are {', '.join(KNOWN[:-1])}", name[:40] or "query")
            if name in text:
                raise QueryFault("is given twice", name)
            if not many and name not in ("$select", "$expand"):
                raise QueryFault("is for collections; one entity takes $select and $expand", name)
            text[name] = value
            try:
                query = self._with(query, name, value, kind, depth)
            except QueryFault as fault:
                raise fault.within(name) from fault
        return replace(query, text=text)

    def _with(self, query: Query, name: str, value: str, kind: Kind, depth: int) -> Query:
        if name == "$filter":
            return replace(query, filter=_expression(value, kind))
        if name == "$select":
            return replace(query, select=tuple(_selected(value, kind)))
        if name == "$orderby":
            return replace(query, orderby=tuple(_order(part, kind) for part in _split(value, ",")))
        if name == "$top":
            return replace(query, top=min(_number(value, 10**9), MOST_TOP))
        if name == "$skip":
            return replace(query, skip=_number(value, MOST_SKIP))
        if name == "$count":
            if value not in ("true", "false"):
                raise QueryFault("is true or false")
            return replace(query, count=value == "true")
        if name == "$skiptoken":
            return replace(query, token=value)
        return replace(query, expand=self._expansions(value, kind, depth + 1))

    def _expansions(self, value: str, kind: Kind, depth: int) -> Mapping[str, Query]:
        if depth > DEEPEST:
            raise QueryFault(f"is nested more than {DEEPEST} deep")
        asked: dict[str, list[tuple[str, str]]] = {}
        for part in _split(value, ","):
            name, options = _parts(part)
            first, _, rest = name.partition("/")
            if first not in kind.links:
                raise QueryFault(f"{kind.name} do not lead to {first!r}; they lead to {', '.join(kind.links)}")
            self._expanded += 1
            if self._expanded > MOST_EXPANDED:
                raise QueryFault(f"names more than {MOST_EXPANDED} expansions")
            if rest:
                options = [("$expand", f"{rest}({';'.join('='.join(one) for one in options)})" if options else rest)]
            asked[first] = _joined(first, asked.get(first, []), options)
        return {first: self._expansion(first, options, kind, depth) for first, options in asked.items()}

    def _expansion(self, first: str, options: list[tuple[str, str]], kind: Kind, depth: int) -> Query:
        link = kind.links[first]
        try:
            return self.query(options, KINDS[link.kind], many=link.many, depth=depth)
        except QueryFault as fault:
            raise fault.within(first) from fault


def _joined(first: str, before: list[tuple[str, str]], options: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The options of what is expanded by several parts: what they expand in it comes together."""
    joined = dict(before)
    for name, value in options:
        if name in joined and name != "$expand":
            raise QueryFault(f"{first!r} is expanded twice, with {name[:40]} each time")
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return list(joined.items())


def _expression(text: str, kind: Kind) -> Node:
    node = expressions.parsed(text)
    for path in evaluating.paths(node):
        kind.check(path)
    return node


def _order(part: str, kind: Kind) -> Order:
    words = part.rsplit(None, 1)
    direction = words[1].lower() if len(words) == 2 else ""
    descending = direction == "desc"
    text = words[0] if direction in ("asc", "desc") else part
    return Order(_expression(text, kind), descending)


def _selected(value: str, kind: Kind) -> Iterator[str]:
    for part in _split(value, ","):
        name = part.strip()
        if name not in (*IDS, SELF_LINK, *kind.properties, *kind.links):
            known = ", ".join((IDS[0], SELF_LINK, *kind.properties, *kind.links))
            raise QueryFault(f"{kind.name} have no {name[:40]!r}; they have {known}")
        yield name


def _number(value: str, most: int) -> int:
    number = typed(value, 11)
    if number is None or number > most:
        raise QueryFault(f"is a whole number, 0 to {most}")
    return number


def _parts(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The name of what is expanded, and its options in parentheses."""
    text = text.strip()
    name, opened, inner = text.partition("(")
    if not opened:
        return name.strip(), []
    if not inner.endswith(")"):
        raise QueryFault(f"has something after the parenthesis of {name[:40]!r}, or none that ends it")
    options = []
    for part in _split(inner[:-1], ";"):
        option, equals, value = part.partition("=")
        if not equals:
            raise QueryFault(f"has {part[:40]!r} where an option such as $top=1 is awaited")
        options.append((option.strip(), value))
    return name.strip(), options


def _split(text: str, at: str) -> list[str]:
    """The parts between separators that stand neither in quotes nor in parentheses."""
    parts, depth, quoted, begun = [], 0, False, 0
    for place, char in enumerate(text):
        if char == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == at and depth == 0:
            parts.append(text[begun:place])
            begun = place + 1
    if quoted or depth:
        raise QueryFault("has a quote or a parenthesis that does not end")
    return [*parts, text[begun:]]
