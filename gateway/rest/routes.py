"""The routes of the API, derived from the contracts: nothing here knows a noun.

``google.api.http`` gives verb, path, body and the field that is answered; the options of ``edge.proto`` the rest.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache

from google.api import annotations_pb2

from gateway.calls.contracts import RPCS
from gateway.rest import by_hand
from gateway.rest.route import BY_HAND, Route
from services.kit.rpc.contract import Rpc


@cache
def routes() -> tuple[Route, ...]:
    """Every route: those by hand first, since their paths are the narrower ones, then the contracts' own, words before
    fields.
    """
    for module in pkgutil.iter_modules(by_hand.__path__):
        importlib.import_module(f"{by_hand.__name__}.{module.name}")
    derived = [route for rpc in RPCS.values() for route in _of(rpc)]
    return (*BY_HAND, *sorted(derived, key=lambda one: [part.startswith("{") for part in one.template.split("/")]))


def _of(rpc: Rpc) -> Iterator[Route]:
    http = rpc.method.GetOptions().Extensions[annotations_pb2.http]
    names = list(rpc.options.operations) or [rpc.method.name[0].lower() + rpc.method.name[1:]]
    bindings = [rule for rule in (http, *http.additional_bindings) if rule.WhichOneof("pattern")]
    for rule, operation in zip(bindings, names, strict=False):
        verb = str(rule.WhichOneof("pattern"))
        yield Route(verb.upper(), getattr(rule, verb), rpc, operation, rule.body, rule.response_body)
