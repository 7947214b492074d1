"""Many routes as one: of hundreds only the handful is tried whose words stand where the request has them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

_FOUND = "gateway.route"
"""Where the route that was found waits in the scope."""
_REST = ":path}"
"""What takes slashes too: such a path may have any number of parts."""


class Route(Protocol):
    """A route at one path, as Starlette and FastAPI make them."""

    path: str

    def matches(self, scope: Scope) -> tuple[Match, Scope]: ...

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None: ...


class Routes(BaseRoute):
    """Of two that fit a request the one that was given first serves it."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._of_any_length: list[tuple[int, Route]] = []
        self._shapes: dict[int, set[tuple[int, ...]]] = defaultdict(set)
        self._alike: dict[tuple[tuple[int, ...], tuple[str, ...]], list[tuple[int, Route]]] = defaultdict(list)
        for place, each in enumerate(routes):
            if _REST in each.path:
                self._of_any_length.append((place, each))
                continue
            parts = each.path.split("/")
            shape = tuple(number for number, part in enumerate(parts) if "{" not in part)
            self._shapes[len(parts)].add(shape)
            self._alike[shape, tuple(parts[number] for number in shape)].append((place, each))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The route that serves the request; else the first that does not know its verb."""
        return self.best(scope, self.among(scope)) if scope["type"] == "http" else (Match.NONE, {})

    def among(self, scope: Scope) -> Sequence[Route]:
        """Those that may fit, in their order."""
        parts = scope["path"].removeprefix(scope.get("root_path", "")).split("/")
        found = list(self._of_any_length)
        for shape in self._shapes.get(len(parts), ()):
            found += self._alike.get((shape, tuple(parts[number] for number in shape)), ())
        return [each for _, each in sorted(found, key=lambda one: one[0])]

    @staticmethod
    def best(scope: Scope, among: Iterable[Route]) -> tuple[Match, Scope]:
        """The first that fits whole, else the first that fits but for the verb."""
        best: tuple[Match, Scope] = Match.NONE, {}
        for each in among:
            match, child = each.matches(scope)
            if match.value > best[0].value:
                best = match, {**child, _FOUND: each}
            if match is Match.FULL:
                break
        return best

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves by the route that was found."""
        await scope[_FOUND].handle(scope, receive, send)
