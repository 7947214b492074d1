"""What one operation has and no other: places, amounts, refusals, streams."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.gateway.recorded.operations import BODIES, Operation
from tests.gateway.recorded.pillars import REFUSALS
from tests.gateway.recorded.recording import Case


def _refusals(operation: Operation) -> Iterator[Case]:
    """Every way in which a pillar refuses, through a word in the request."""
    for name in REFUSALS:
        for plain in ("", "PLAIN-"):
            wanted = f"refuse-{plain}{name}"
            what = f"refused {plain}{name}"
            if operation.parameters("path"):
                yield operation.case(what, path={operation.parameters("path")[0]["name"]: wanted})
            else:
                yield operation.case(what, headers={"Idempotency-Key": wanted})


def _of_places(operation: Operation) -> Iterator[Case]:
    point: dict[str, Any] = {"lon": 110.4, "lat": -7}
    area, words = {"area_code": "33.74.01.1007"}, {"landmark": "depan Lawang Sewu"}
    blank = {"area_code": " ", "landmark": "\t"}
    places: dict[str, Any] = {
        "a point": point,
        "an area": area,
        "a landmark": words,
        "a point and an area": point | area,
        "a point and a landmark": point | words,
        "an area and a landmark": area | words,
        "nothing": {},
        "blanks": blank,
        "a point and blanks": point | blank,
        "a longitude": {"lon": 110.4},
        "a latitude": {"lat": -7},
        "a longitude and an area": {"lon": 110.4} | area,
        "half a null point": {"lon": 110.4, "lat": None} | area,
        "a null point": {"lon": None, "lat": None},
        "a null point and an area": {"lon": None, "lat": None} | area,
        "the point zero": {"lon": 0, "lat": 0},
        "minus zero": {"lon": -0.0, "lat": -0.0},
    }
    for what, place in places.items():
        least = {"text": "Sampah menumpuk di depan pasar.", "location": place}
        yield operation.case(f"a place of {what}", body=least)
    for what, raw in {"NaN": "NaN", "Infinity": "Infinity", "an exponent": "1.1e2", "too large": "1e999"}.items():
        text = f'{{"text": "Sampah menumpuk di pasar.", "location": {{"lon": {raw}, "lat": -7}}}}'
        yield operation.case(f"a longitude as {what}", raw=text.encode())


def _of_amounts(operation: Operation) -> Iterator[Case]:
    for value in ("0", "1", str(10**12), str(2**63), str(2**80), "-5", "1.5", '"5"', "1e3", "1E0", "-0", "01", "5.0"):
        text = json.dumps({**BODIES[operation.id], "amount": "?"})
        raw = text.replace('"?"', f'{{"currency": "IDR", "units": {value}}}').encode()
        yield operation.case(f"units written as {value}", raw=raw)


def _of_quantities(operation: Operation) -> Iterator[Case]:
    few = {"tariff": "pasar-kios", "object": "Kios B-12", "area": "33.74.01.1010"}
    yield operation.case("no quantity", body=few)
    yield operation.case("a quantity of one", body={**few, "quantity": 1})


def _of_pages(operation: Operation) -> Iterator[Case]:
    yield operation.case("refused while it turns the pages", query="page_token=refuse-NOT-FOUND")
    yield operation.case("an account that is the city's own", path={"id": "treasury"})


def _of_streams(operation: Operation) -> Iterator[Case]:
    final = {"id": "variant-last"}
    yield operation.case("of a final payment that was seen", path=final, headers={"Last-Event-ID": "7"})
    yield operation.case("of a final payment seen before", path=final, headers={"Last-Event-ID": "6"})
    yield operation.case("of a payment that is not there", path={"id": "refuse-NOT-FOUND"})


def _of_identities(operation: Operation) -> Iterator[Case]:
    for what, value in {
        "a token that is none": "Bearer nonsense",
        "a forged token": "Bearer e30.e30.e30",
        "no token": "Bearer",
        "a password": "Basic YTpi",
        "a word": "nonsense",
    }.items():
        yield operation.case(f"with {what}", headers={"authorization": value})


_MAKERS: Mapping[str, tuple[Callable[[Operation], Iterator[Case]], ...]] = {
    "createComplaint": (_of_places,),
    "createPayment": (_of_amounts, _refusals),
    "createRefund": (_of_amounts,),
    "topUpWallet": (_of_amounts,),
    "createBill": (_of_quantities,),
    "getStatementCsv": (_of_pages,),
    "getComplaint": (_refusals,),
    "getPaymentQrSvg": (_refusals,),
    "transitionComplaint": (_refusals,),
    "followPayment": (_of_streams,),
    "getMe": (_of_identities,),
}


def of_one(operation: Operation) -> Iterator[Case]:
    """What is particular about this operation, if anything is."""
    for make in _MAKERS.get(operation.id, ()):
        yield from make(operation)
