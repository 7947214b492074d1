"""What a query may hold: what the route knows, and once what has one value. All else would answer another question.

Feeds and streams pass over what they do not know: calendars, map programs and polyfills fetch them with additions of
their own (a key, a number that no cache has seen), and all that they say is said to everybody. What looks like a slip
in the name of a parameter is refused there as well. So do the addresses of the bank, whose form is not ours.
"""

import difflib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from itertools import islice

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.problems import FieldError
from gateway.rest.route import Route
from gateway.rest.values import MOST_LEN, Faults, refusal

_MOST_UNKNOWN = 20
"""Unknown parameters that are looked at: to find the nearest name costs, and a refusal is not longer than the query."""
Plain = Callable[[Request], Awaitable[Response]]


class Known:
    """The parameters of one route."""

    def __init__(self, lists: Mapping[str, bool], *, lenient: bool = False) -> None:
        """``lists`` says of each name whether it may be given more than once."""
        self._lists = lists
        self._lenient = lenient
        names = ", ".join(f"`{name}`" for name in lists)
        self._taken = f"this address takes {names}" if names else "this address takes no parameters"

    @classmethod
    def of(cls, route: Route) -> "Known":
        """Those that its fields are, and those that are documented by hand."""
        by_hand: Iterable[Mapping[str, str]] = route.documented.get("parameters", ())
        told = {each["name"]: False for each in by_hand if each["in"] == "query"}
        return cls({**{one.name: one.descriptor.is_repeated for one in route.in_query}, **told}, lenient=route.lenient)

    def check(self, query: QueryParams, faults: Faults) -> None:
        """Notes what is not known, and what is given twice and has one value."""
        for name in islice((each for each in query if each not in self._lists), _MOST_UNKNOWN):
            if fault := self._fault(name):
                faults.append(FieldError(name[:MOST_LEN], fault))
        for name, many in self._lists.items():
            if not many and len(query.getlist(name)) > 1:
                faults.append(FieldError(name, "is given more than once; give one value"))

    def _fault(self, name: str) -> str:
        near = difflib.get_close_matches(name[:MOST_LEN].lower(), self._lists, 1)
        if self._lenient and not near:
            return ""
        hint = f"did you mean `{near[0]}`? " if near else ""
        return f"is not known here; {hint}{self._taken}"


def asking_nothing(serve: Plain) -> Plain:
    """A read that takes no parameters. Its requests raise INVALID_REQUEST where one has some."""
    known = Known({})

    async def act(request: Request) -> Response:
        if request.scope["query_string"]:
            faults: Faults = []
            known.check(request.query_params, faults)
            if faults:
                raise refusal(faults)
        return await serve(request)

    return act
