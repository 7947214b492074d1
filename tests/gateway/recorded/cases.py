"""The cases: for every operation of the document what is right, what is just so, and what is wrong.

One valid request of each operation stands in a table here; the rest follows from the constraints in the document, so
that it is systematic. Names say what is special about a case: ``createBill/object of 2 characters``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.gateway.recorded.addresses import of_addresses, of_headers, of_queries
from tests.gateway.recorded.bank import of_bank
from tests.gateway.recorded.bodies import of_bodies
from tests.gateway.recorded.operations import BODIES, Operation, operations
from tests.gateway.recorded.particular import of_one
from tests.gateway.recorded.recording import Case
from tests.gateway.recorded.uploads import of_photos, photo

ROLES = ("anonymous", "citizen", "officer", "treasurer", "verifier", "admin")
MEMORY = frozenset({"getCity", "listCategories", "listAreas", "getAreaMap", "listAgencies"})
"""Reads from the gateway's memory, which no pillar sees."""


def all_cases(document: Mapping[str, Any]) -> list[Case]:
    """Every case, in the order of the document."""
    made: list[Case] = []
    for each in operations(document):
        if each.id in MEMORY:
            made += _of_memory(each)
        elif each.tag == "Bank":
            made += of_bank(each)
        else:
            made += _of_roles(each)
            made += of_addresses(each)
            made += of_queries(each)
            made += of_headers(each)
            made += _of_answers(each)
            made += of_photos(each) if each.id == "createPhoto" else of_bodies(each)
            made += of_one(each)
    names = [each.name for each in made]
    twice = sorted({each for each in names if names.count(each) > 1}) if len(names) != len(set(names)) else []
    assert not twice, f"names of several cases: {twice[:20]}"
    return made


def _of_memory(operation: Operation) -> Iterator[Case]:
    yield operation.case("by anybody")
    yield operation.case("by a citizen", role="citizen")
    if operation.id != "getCity":
        yield operation.case("whatever version is there", headers={"If-None-Match": "*"})


def _of_roles(operation: Operation) -> Iterator[Case]:
    raw = photo("PNG") if operation.id == "createPhoto" else None
    for role in ROLES:
        yield operation.case(f"by {role}", role=role, raw=raw, headers={"content-type": "image/png"} if raw else {})
    yield operation.case("by the method PUT", method="PUT")
    if operation.method == "GET":
        yield operation.case("by the method HEAD", method="HEAD")
        yield operation.case("by the method OPTIONS", method="OPTIONS")
    slashed = operation.case("with a slash at the end")
    address, mark, asked = slashed.path.partition("?")
    path = f"{address}/{mark}{asked}"
    yield Case(slashed.name, slashed.tag, slashed.role, slashed.method, path, slashed.headers, slashed.body)


def _of_answers(operation: Operation) -> Iterator[Case]:
    """What the pillar may leave empty, and other values than the first."""
    for variant in ("variant-bare", "variant-last"):
        named = [each["name"] for each in operation.parameters("path") if each["name"] != "day"]
        queried = [each["name"] for each in operation.parameters("query")]
        if named:
            if operation.id == "createPhoto":
                continue
            yield operation.case(f"answered {variant}", path={named[0]: variant})
        elif "Idempotency-Key" in operation.headers:
            yield operation.case(f"answered {variant}", headers={"Idempotency-Key": variant})
        elif "page_token" in queried:
            base = "".join(f"{key}={value}&" for key, value in operation.query.items())
            yield operation.case(f"answered {variant}", query=f"{base}page_token={variant}")
        elif "sector" in queried:
            yield operation.case(f"answered {variant}", query=f"sector={variant}")
        elif operation.id in ("listSimilarComplaints", "suggestCategories"):
            yield operation.case(f"answered {variant}", body={**BODIES[operation.id], "text": variant})
        elif operation.id == "checkLevyReceipt":
            yield operation.case(f"answered {variant}", body={**BODIES[operation.id], "seal": variant})
        elif operation.id == "simulateRouting":
            yield operation.case(f"answered {variant}", body={**BODIES[operation.id], "rules_csv": variant})
