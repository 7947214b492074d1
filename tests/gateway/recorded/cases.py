"""The cases: for every operation of the document what is right, what is just so, and what is wrong.

One valid request of each operation stands in a table here; the rest follows from the constraints in the document, so
that it is systematic. Names say what is special about a case: ``createBill/object of 2 characters``.
"""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from PIL import Image

from tests.gateway.recorded.pillars import REFUSALS
from tests.gateway.recorded.recording import Case

ROLES = ("anonymous", "citizen", "officer", "treasurer", "verifier", "admin")
KEY = "recorded-key-1"
MEMORY = frozenset({"getCity", "listCategories", "listAreas", "getAreaMap", "listAgencies"})
"""Reads from the gateway's memory, which no pillar sees."""

_PATHS = {
    "code": "SMG-7K4P-92",
    "number": "SMGT-7K4P2M8-92",
    "id": "0192f3a4-7c1e-7d44-9c1b-2f6f0e8f3a10",
    "day": "2026-11-24",
}
_QUERIES: Mapping[str, str] = {
    "agency": "dlh",
    "category": "sampah-menumpuk",
    "area_code": "33.74.01",
    "area": "33.74.01.1007",
    "code": "SMG-7K4P-92",
    "complaint": "SMG-7K4P-92",
    "merchant": "0192f3a6-2d3c-7e11-8a44-1b2c3d4e5f60",
    "purpose": "Menghubungi pelapor.",
    "first_day": "2026-11-01",
    "last_day": "2026-11-24",
    "day": "2026-11-24",
    "sector": "food",
    "terminal": "A01",
    "page_token": "page 7~",
    "page_size": "7",
    "units": "3000",
}
_MONEY = {"currency": "IDR", "units": 12000}
_NOTE = "Sampah sudah diangkut."
_PHOTOS = ["0192f3a4-9a10-7b1e-8f55-6d1f0e1c2b3a", "0192f3a4-9a10-7b1e-8f55-6d1f0e1c2b3b"]
BODIES: Mapping[str, dict[str, Any]] = {
    "createComplaint": {
        "text": "Sampah menumpuk di depan pasar sejak tiga hari.",
        "location": {"lon": 110.4105, "lat": -6.9837, "area_code": "33.74.01.1007", "landmark": "depan Lawang Sewu"},
        "category": "sampah-menumpuk",
        "contact": {"name": "Siti", "email": "siti@example.org", "phone": "+628123456789"},
        "anonymous": True,
        "secret": True,
        "exercise": True,
    },
    "listSimilarComplaints": {
        "text": "Lampu jalan mati di Jalan Pandanaran",
        "category": "pju-mati",
        "location": {"lon": 110.4105, "lat": -6.9837, "area_code": "33.74.01.1007", "landmark": "depan Lawang Sewu"},
    },
    "rateComplaint": {"rating": 4, "note": "Cepat, terima kasih."},
    "reopenComplaint": {"note": "Sampahnya masih ada di sisi timur pasar."},
    "replyComplaint": {"note": "Di depan kios nomor 14."},
    "joinComplaint": {"contact": {"name": "Budi", "email": "budi@example.org", "phone": "+628123456789"}},
    "transitionComplaint": {
        "transition": "resolve",
        "note": _NOTE,
        "agency": "dlh",
        "duplicate_of": "SMG-7K4P-92",
        "photos": _PHOTOS,
        "refusal": True,
    },
    "correctComplaint": {"category": "pju-mati", "area_code": "33.74.01.1007"},
    "releaseComplaint": {"public_text": "Sampah menumpuk di depan pasar.", "photos": _PHOTOS},
    "suggestCategories": {"text": "Lampu jalan mati sudah seminggu", "area_code": "33.74.01.1007"},
    "simulateRouting": {
        "rules_csv": "order,category,area,agency,why_id,why_en\n99,*,*,setda,Lain.,Else.\n",
        "last": 500,
    },
    "dispatchCleanup": {"crew": "Semarang Barat 2"},
    "completeCleanup": {"note": "Dua truk sampah diangkut, lokasi disapu.", "photos": _PHOTOS},
    "abandonCleanup": {"reason": "Lokasi tidak dapat dijangkau truk."},
    "createBill": {
        "tariff": "pasar-kios",
        "object": "Pasar Johar, kios B-12",
        "period": "2026-11",
        "quantity": 180,
        "area": "33.74.01.1010",
        "exercise": True,
    },
    "checkLevyReceipt": {"number": "SMG-2026-0000123-K", "units": 90000, "seal": "7K4P-2M8Q-1RTB-93ZC"},
    "createPayment": {
        "merchant": "0192f3a6-2d3c-7e11-8a44-1b2c3d4e5f60",
        "amount": _MONEY,
        "terminal": "A01",
        "purpose": "sale",
        "description": "Lumpia 4 biji",
        "seconds": 300,
        "exercise": True,
    },
    "createRefund": {"amount": _MONEY, "reason": "Satu lumpia habis."},
    "rejectRefund": {"reason": "Barang sudah diterima lengkap."},
    "proposeRelease": {"target": "0192f3a6-2d3c-7e11-8a44-1b2c3d4e5f60", "note": "Terlambat dibayar."},
    "createMerchant": {
        "name": "Lumpia Bu Sri",
        "mcc": "5814",
        "sector": "food",
        "size": "umi",
        "area": "33.74.01.1007",
        "settlement_account": {"bank": "008", "number": "1360012345678"},
    },
    "activateMerchant": {"nmid": "ID1020304050607", "pan": "9360000812345678905"},
    "suspendMerchant": {"reason": "Alamat usaha tidak sesuai, mohon perbarui data."},
    "createTerminal": {"label": "T02", "place": "Los B 12"},
    "topUpWallet": {"amount": _MONEY},
    "setAccountStatus": {"status": "frozen"},
    "closeDay": {"early": True},
}
"""All fields of every body, each valid."""
_AT_LEAST = {"location": {"area_code": "33.74.01.1007"}}
"""What a minimal body needs beyond its required fields, by the name of the field."""


@dataclass(frozen=True)
class Operation:
    """An operation of the document, ready to be asked for."""

    id: str
    method: str
    path: str
    raw: Mapping[str, Any]
    schemas: Mapping[str, Any]
    tag: str = ""
    role: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)

    def parameters(self, place: str) -> list[Mapping[str, Any]]:
        """Its parameters in the path, the query or the headers."""
        return [each for each in self.raw.get("parameters", []) if each["in"] == place]

    @property
    def takes_link_key(self) -> bool:
        """Whether a link key may stand in for a login."""
        return any("linkKey" in each for each in self.raw["security"])

    @property
    def body_schema(self) -> Mapping[str, Any] | None:
        """Schema of its JSON body, if it takes one."""
        media = self.raw.get("requestBody", {}).get("content", {}).get("application/json")
        return None if media is None or self.tag == "Bank" else self.resolved(media["schema"])

    def resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema behind references and "or null"."""
        if "$ref" in schema:
            return self.resolved(self.schemas[schema["$ref"].rsplit("/", 1)[1]])
        for each in schema.get("anyOf", ()):
            if each.get("type") != "null":
                return self.resolved(each)
        return schema

    def case(
        self,
        what: str,
        *,
        role: str | None = None,
        method: str | None = None,
        headers: Mapping[str, str | None] | None = None,
        path: Mapping[str, str] | None = None,
        query: str | None = None,
        body: Any = ...,
        raw: bytes | None = None,
    ) -> Case:
        """Its valid request with these differences; a header that is None is left out. ``path`` is quoted already."""
        sent: dict[str, str] = {
            name: value for name, value in {**self.headers, **(headers or {})}.items() if value is not None
        }
        content = raw
        if raw is None:
            value = BODIES.get(self.id) if body is ... else body
            content = None if value is None else json.dumps(value).encode()
        if content is not None and "content-type" not in {each.lower() for each in headers or {}}:
            sent["content-type"] = "application/json"
        address = self.path
        for name, value in {**_PATHS, **(path or {})}.items():
            address = address.replace(f"{{{name}}}", value)
        asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in self.query.items())
        asked = asked if query is None else query
        return Case(
            f"{self.id}/{what}",
            self.tag,
            self.role if role is None else role,
            method or self.method,
            f"{address}?{asked}" if asked else address,
            tuple(sorted(sent.items())),
            content,
        )


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """All operations of a document, each with a fitting role and the headers of a valid request."""
    for path, methods in document["paths"].items():
        for method, raw in methods.items():
            tag = raw["tags"][0]
            public = tag == "Bank" or {} in raw["security"]
            role = "anonymous" if public else {"Ledger": "treasurer", "Settlement": "treasurer"}.get(tag, "officer")
            headers = {}
            for each in raw.get("parameters", []):
                known = {"Idempotency-Key": KEY, "If-Match": '"7"', **_BANKS}
                if each["in"] == "header" and each["name"] in known:
                    headers[each["name"]] = known[each["name"]]
            if any("linkKey" in each for each in raw.get("security", ())):
                headers["X-Link-Key"] = "MZXW6YTBOI4DAMBQGEZDGNBVGY"
            query = {"merchant": _QUERIES["merchant"]} if raw["operationId"] == "listPayments" else {}
            schemas = document["components"]["schemas"]
            yield Operation(raw["operationId"], method.upper(), path, raw, schemas, tag, role, headers, query)


_BANKS = {
    "X-TIMESTAMP": "2026-11-24T09:00:00+07:00",
    "X-CLIENT-KEY": "bank-contoh",
    "X-PARTNER-ID": "bank-contoh",
    "X-EXTERNAL-ID": "20261124000000000001",
    "X-SIGNATURE": "c2lnbmF0dXJl",
}


def all_cases(document: Mapping[str, Any]) -> list[Case]:
    """Every case, in the order of the document."""
    made: list[Case] = []
    for each in operations(document):
        if each.id in MEMORY:
            made += _of_memory(each)
        elif each.tag == "Bank":
            made += _of_bank(each)
        else:
            made += _of_roles(each)
            made += _of_addresses(each)
            made += _of_queries(each)
            made += _of_headers(each)
            made += _of_answers(each)
            made += _of_photos(each) if each.id == "createPhoto" else _of_bodies(each)
            made += _EXTRAS.get(each.id, _nothing)(each)
    names = [each.name for each in made]
    twice = sorted({each for each in names if names.count(each) > 1}) if len(names) != len(set(names)) else []
    assert not twice, f"names of several cases: {twice[:20]}"
    return made


def _nothing(operation: Operation) -> Iterator[Case]:
    yield from ()


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


def _of_addresses(operation: Operation) -> Iterator[Case]:
    raw = photo("PNG") if operation.id == "createPhoto" else None
    fixed: dict[str, str | None] = {"content-type": "image/png"} if raw else {}
    for parameter in operation.parameters("path"):
        name, schema = parameter["name"], operation.resolved(parameter["schema"])
        tries = {
            "with a blank": "a%20b",
            "with an underscore": "a_b",
            "with a dot": "a.b",
            "with a line feed at the end": f"{_PATHS[name]}%0A",
            "with blanks around": f"%20{_PATHS[name]}%20",
            "with an accent": "%C3%A9",
            "in small letters": _PATHS[name].lower(),
            "with a quoted slash": "a%2Fb",
            "empty": "",
            "that is no UTF-8": "%FF",
        }
        if "maxLength" in schema:
            most = schema["maxLength"]
            tries |= {
                "of 1 character": "A",
                f"of {most} characters": "A" * most,
                f"of {most + 1} characters": "A" * (most + 1),
            }
        else:
            tries |= {
                "that is no day of the calendar": "2026-02-30",
                "too short": "2026-1-1",
                "too long": "2026-11-241",
                "in other digits": quote("२०२६-११-२४"),
            }
        for what, value in tries.items():
            yield operation.case(f"{name} {what}", path={name: value}, raw=raw, headers=fixed)


def _of_queries(operation: Operation) -> Iterator[Case]:
    for parameter in operation.parameters("query"):
        name, schema = parameter["name"], operation.resolved(parameter["schema"])
        base = [f"{key}={value}" for key, value in operation.query.items() if key != name]
        required = name in operation.query
        for what, values in _query_values(name, schema).items():
            asked = "&".join([*base, *(f"{name}={quote(value, safe='')}" for value in values)])
            yield operation.case(f"query {name} {what}", query=asked)
        if required:
            yield operation.case(f"without query {name}", query="")
    if parameters := operation.parameters("query"):
        every = [
            f"{each['name']}={quote(value, safe='')}"
            for each in parameters
            for value in _query_valid(each["name"], operation.resolved(each["schema"]))
        ]
        yield operation.case("all queries together", query="&".join(every))
    base = [f"{key}={value}" for key, value in operation.query.items()]
    yield operation.case("a query that is not known", query="&".join([*base, "nonsense=1"]))


def _query_valid(name: str, schema: Mapping[str, Any]) -> list[str]:
    if schema["type"] == "array":
        return list(schema["items"]["enum"])[:2]
    if schema["type"] == "boolean":
        return ["true"]
    return list(schema["enum"])[:1] if "enum" in schema else [_QUERIES[name]]


def _query_values(name: str, schema: Mapping[str, Any]) -> dict[str, list[str]]:
    if schema["type"] == "array":
        return _query_lists(schema)
    if schema["type"] == "boolean":
        words = ("true", "false", "1", "0", "yes", "no", "on", "off", "t", "f", "TRUE", "True", "", "2", "maybe")
        return {**{f"as {each!r}": [each] for each in words}, "twice": ["true", "false"]}
    if schema["type"] == "integer":
        numbers = ("", " 5", "5 ", "+5", "05", "5.0", "5.5", "1e2", "1_0", "0x5", "five", "٥", str(2**31), str(2**80))
        borders = {
            str(each)
            for each in (schema["minimum"] - 1, schema["minimum"], schema["maximum"], schema["maximum"] + 1, -1, 7)
        }
        return {**{f"as {each!r}": [each] for each in (*sorted(borders), *numbers)}, "twice": ["5", "6"]}
    if "enum" in schema:
        values = (*schema["enum"], "nonsense", schema["enum"][0].upper(), "", f" {schema['enum'][0]}")
        return {f"as {each!r}": [each] for each in values}
    most = schema["maxLength"]
    valid = _QUERIES[name]
    filler = "1" if "0-9" in schema.get("pattern", "") and "A-Z" not in schema.get("pattern", "") else "a"
    tries = {
        "alone": [valid],
        "empty": [""],
        f"of {most} characters": [filler * most],
        f"of {most + 1} characters": [filler * (most + 1)],
        "with a line feed": [f"{valid}\nx"],
        "with a line feed at the end": [f"{valid}\n"],
        "with a bell": [f"{valid}\u0007"],
        "with blanks around": [f" {valid} "],
        "with an accent": ["é"],
        "twice": [valid, f"{valid}2" if "day" not in name else "2026-11-25"],
    }
    if "day" in name:
        tries |= {
            "that is no day of the calendar": ["2026-02-30"],
            "too short": ["2026-1-1"],
            "in other digits": ["२०२६-११-२४"],
        }
    return tries


def _query_lists(schema: Mapping[str, Any]) -> dict[str, list[str]]:
    words: list[str] = schema["items"]["enum"]
    most = schema["maxItems"]
    return {
        **{f"as {each!r}": [each] for each in words},
        "of all values": words,
        "the same twice": [words[0], words[0]],
        "backwards": words[::-1],
        f"of {most} values": [words[0]] * most,
        f"of {most + 1} values": [words[0]] * (most + 1),
        "that is not known": ["nonsense"],
        "that is not known among others": [words[0], "nonsense"],
        "in capitals": [words[0].upper()],
        "empty": [""],
        "with a comma": [",".join(words[:2])],
    }


_HEADER_TRIES: Mapping[str, Mapping[str, str | None]] = {
    "Idempotency-Key": {
        "left out": None,
        "empty": "",
        "of 1 character": "k",
        "of 128 characters": "k" * 128,
        "of 129 characters": "k" * 129,
        "with a blank": "a b",
        "with an accent": "é",
        "of all sorts": "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~",
    },
    "If-Match": {
        "left out": None,
        "empty": "",
        "as *": "*",
        "as quoted *": '"*"',
        "weak": 'W/"7"',
        "weak *": "W/*",
        "without quotes": "7",
        "with nothing in quotes": '""',
        "of two": '"7", "8"',
        "with a blank": '"7 8"',
        "of 200 characters": f'"{"7" * 198}"',
        "of 201 characters": f'"{"7" * 199}"',
        "with an accent": '"é"',
    },
    "X-Link-Key": {
        "left out": None,
        "empty": "",
        "of 64 characters": "A" * 64,
        "of 65 characters": "A" * 65,
        "with an underscore": "A_B",
        "with a blank": "A B",
        "in groups": "mzxw-6ytb",
    },
    "Last-Event-ID": {
        "of the state it has": "7",
        "of an older state": "6",
        "of 64 characters": "7" * 64,
        "of 65 characters": "7" * 65,
        "empty": "",
    },
}


def _of_headers(operation: Operation) -> Iterator[Case]:
    raw = photo("PNG") if operation.id == "createPhoto" else None
    fixed: dict[str, str | None] = {"content-type": "image/png"} if raw else {}
    names = {each["name"] for each in operation.parameters("header")}
    names |= {"X-Link-Key"} if operation.takes_link_key else set()
    for name in sorted(names):
        for what, value in _HEADER_TRIES[name].items():
            yield operation.case(f"{name} {what}", headers={**fixed, name: value}, raw=raw)
    if operation.method == "GET":
        for what, value in {
            "the version it has": '"7"',
            "the weak version it has": 'W/"7"',
            "whatever version is there": "*",
            "two versions": '"6", "7"',
            "an older version": '"6"',
            "a version without quotes": "7",
            "the version of its id": f'"{_PATHS["id"]}"',
        }.items():
            yield operation.case(f"If-None-Match {what}", headers={"If-None-Match": value})
    if len(operation.headers) > 1:
        bare: dict[str, str | None] = dict.fromkeys(operation.headers)
        yield operation.case("without any header", headers={**fixed, **bare}, raw=raw)


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


def _of_bodies(operation: Operation) -> Iterator[Case]:
    schema = operation.body_schema
    if schema is None:
        yield operation.case("a body that nobody asked for", raw=b'{"x":')
        yield operation.case("an empty object that nobody asked for", body={})
        return
    full = BODIES[operation.id]
    yield operation.case("the least body", body=_least(operation, schema, full))
    yield operation.case("the least body without a key", body=_least(operation, schema, full), headers=_KEYLESS)
    yield operation.case("texts with blanks around", body=_texts(operation, schema, full, " \t", "\n "))
    yield operation.case("texts with tabs, lines and signs", body=_texts(operation, schema, full, "", "\tx\r\ny é🙂 ẞ"))
    nulled = dict.fromkeys(schema["properties"])
    yield operation.case("all fields null", body=nulled)
    yield from _of_whole_bodies(operation, full)
    for what, body in _mutants(operation, schema, full):
        yield operation.case(what, body=body)


_KEYLESS: Mapping[str, str | None] = {"Idempotency-Key": None}


def _of_whole_bodies(operation: Operation, full: Mapping[str, Any]) -> Iterator[Case]:
    text = json.dumps(full)
    first = next(iter(full))
    for what, raw in {
        "no JSON": b'{"x":',
        "nothing but blanks": b"  ",
        "empty": b"",
        "null": b"null",
        "a list": b"[]",
        "a list of it": f"[{text}]".encode(),
        "a text": b'"text"',
        "a number": b"5",
        "an empty object": b"{}",
        "something behind": f"{text} x".encode(),
        "one quote for two": text.replace('"', "'").encode(),
        "a comma too much": f"{text[:-1]},}}".encode(),
        "not UTF-8": text.encode()[:-1] + b',"x":"\xff"}',
        "a byte order mark": b"\xef\xbb\xbf" + text.encode(),
        "UTF-16": text.encode("utf-16"),
        "a field twice": f'{text[:-1]}, "{first}": {json.dumps(full[first])}}}'.encode(),
        "a field twice, wrong at last": f'{text[:-1]}, "{first}": 5.5}}'.encode(),
        "NaN somewhere": f'{{"{first}": NaN}}'.encode(),
        "too much": b'{"x":"' + b"x" * 300_000 + b'"}',
    }.items():
        yield operation.case(f"body is {what}", raw=raw)
    yield operation.case("no body", body=None)
    for kind in (
        "text/plain",
        "application/json; charset=utf-8",
        "application/x-www-form-urlencoded",
        "application/problem+json",
    ):
        yield operation.case(f"sent as {kind}", raw=text.encode(), headers={"content-type": kind})
    yield operation.case("sent as nothing", raw=text.encode(), headers={"content-type": None})
    yield operation.case("an unknown field", body={**full, "nonsense": 1})
    yield operation.case("a field in capitals", body={**full, first.upper(): full[first]})
    for name in ("request_id", "etag", "id"):
        if name not in full:
            yield operation.case(f"an unknown field {name}", body={**full, name: "x"})


def _least(operation: Operation, schema: Mapping[str, Any], full: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name in schema.get("required", ()):
        inner = operation.resolved(schema["properties"][name])
        nested = inner.get("type") == "object"
        made[name] = _AT_LEAST.get(name, _least(operation, inner, full[name])) if nested else full[name]
    return made


def _texts(operation: Operation, schema: Mapping[str, Any], value: Any, before: str, after: str) -> Any:
    """The value with something around each free text in it."""
    schema = operation.resolved(schema)
    if schema.get("type") == "object":
        return {key: _texts(operation, schema["properties"][key], each, before, after) for key, each in value.items()}
    if schema.get("type") == "array":
        return [_texts(operation, schema["items"], each, before, after) for each in value]
    free = schema.get("type") == "string" and "enum" not in schema and "pattern" not in schema
    return f"{before}{value}{after}" if free else value


def _mutants(operation: Operation, schema: Mapping[str, Any], full: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from _of_object(operation, schema, full, ())


Path = tuple[Any, ...]


def _of_object(
    operation: Operation, schema: Mapping[str, Any], full: dict[str, Any], path: Path
) -> Iterator[tuple[str, Any]]:
    for name, given in schema["properties"].items():
        inner, at = operation.resolved(given), (*path, name)
        said = ".".join(map(str, at))
        yield f"without {said}", _without(full, at)
        nullable = any(each.get("type") == "null" for each in given.get("anyOf", ()))
        for what, value in {**_tries(inner), "as null again" if nullable else "as null": None}.items():
            yield f"{said} {what}", _with(full, at, value)
        if inner.get("type") == "object":
            yield f"{said} with an unknown field", _with(full, (*at, "nonsense"), 1)
            yield from _of_object(operation, inner, full, at)
        if inner.get("type") == "array":
            yield from _of_list(operation, inner, full, at)


def _of_list(
    operation: Operation, schema: Mapping[str, Any], full: dict[str, Any], path: Path
) -> Iterator[tuple[str, Any]]:
    said = ".".join(map(str, path))
    for what, value in {**_tries(operation.resolved(schema["items"])), "as null": None}.items():
        yield f"{said}.1 {what}", _with(full, (*path, 1), value)


def _tries(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a field, by what is special about each."""
    kind = schema.get("type")
    if kind == "string":
        return _words(schema) if "enum" in schema else _strings(schema)
    if kind == "integer":
        return _integers(schema)
    if kind == "number":
        lowest, highest = schema["minimum"], schema["maximum"]
        return {
            "as text": "5",
            "as true": True,
            "as a list": [5],
            "whole": 5,
            "the lowest": lowest,
            "the highest": highest,
            "below the lowest": lowest - 0.000001,
            "above the highest": highest + 0.000001,
            "enormous": 10**400,
        }
    if kind == "boolean":
        tries = {"yes": "yes", "true": "true", "on": "on", "an empty text": "", "1": "1"}
        words = {f"as the text {what}": value for what, value in tries.items()}
        return {**words, "as false": False, "as 1": 1, "as 0": 0, "as 2": 2, "as 1.0": 1.0, "as a list": [True]}
    if kind == "array":
        one, most, least = _PHOTOS[0], schema["maxItems"], schema.get("minItems", 0)
        tries_of = {f"of {count} items": [one] * count for count in sorted({0, 1, least, most, most + 1})}
        return {**tries_of, "as text": one, "as an object": {}, "with a list": [[one]], "as a number": 5}
    return {"as text": "x", "as a number": 5, "as a list": [], "as an empty object": {}, "as true": True}


def _words(schema: Mapping[str, Any]) -> dict[str, Any]:
    words = schema["enum"]
    return {
        **{f"as {each}": each for each in words},
        "that is not known": "nonsense",
        "as unspecified": "unspecified",
        "in capitals": words[0].upper(),
        "empty": "",
        "with a blank before": f" {words[0]}",
        "as a number": 1,
        "as true": True,
        "as a list": [words[0]],
    }


def _strings(schema: Mapping[str, Any]) -> dict[str, Any]:
    least, most = schema.get("minLength", 0), schema.get("maxLength", 0)
    text = "Kios nomor 12 di Pasar Johar"
    tries: dict[str, Any] = {
        "as a number": 5,
        "as true": True,
        "as a list": ["x"],
        "as an object": {},
        "empty": "",
        "of blanks only": "   \t\n",
        "with a bell": f"{text[:8]}\u0007{text[8:]}",
        "with a zero byte": f"{text}\u0000",
        "with an escape at the end": f"{text}\u001b",
        "with later control characters": f"{text[:9]}\u007f\u0085",
        "with other blanks around": f"\u3000\u00a0{text}\u2003\u200b",
        "with unit separators around": f"\u001f{text}\u001c",
        "with a broken surrogate": f"{text}\ud800",
        "with a right-to-left mark": f"\u202e{text}",
        "in Javanese": "ꦥꦱꦂ ꦗꦺꦴꦲꦂ",
    }
    if "pattern" in schema:
        tries |= {
            "in small letters": "idr",
            "too long": "IDRX",
            "with a line feed at the end": "IDR\n",
            "of another currency": "USD",
        }
        tries |= {"with blanks around": " IDR "}
        return {key: value for key, value in tries.items() if "other" not in key or "currency" in key}
    if least:
        tries[f"of {least} characters"] = _filler(least)
        tries[f"of {least - 1} characters"] = _filler(least - 1)
        tries[f"of {least - 1} characters and a blank"] = _filler(least - 1) + " "
    if most:
        tries[f"of {most} characters"] = _filler(most)
        tries[f"of {most} characters with blanks around"] = f" {_filler(most)} "
        tries[f"of {most + 1} characters"] = _filler(most + 1)
        if most <= 500:
            tries[f"of {most} faces"] = "🙂" * most
    return tries


def _filler(length: int) -> str:
    return ("abcdefghijklmnopqrstuvwxyz" * (length // 26 + 1))[:length]


def _integers(schema: Mapping[str, Any]) -> dict[str, Any]:
    lowest, highest = int(schema["minimum"]), int(schema["maximum"])
    values = sorted({lowest - 1, lowest, highest, highest + 1, 0, -5, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 2**80})
    return {
        **{f"as {each}": each for each in values},
        "as text": "5",
        "as 1.5": 1.5,
        "as 1.0": 1.0,
        "as true": True,
        "as a list": [1],
    }


def _with(body: Any, path: Path, value: Any) -> Any:
    made = copy.deepcopy(body)
    target = made
    for each in path[:-1]:
        target = target[each]
    target[path[-1]] = value
    return made


def _without(body: Any, path: Path) -> Any:
    made = copy.deepcopy(body)
    target = made
    for each in path[:-1]:
        target = target[each]
    del target[path[-1]]
    return made


def photo(kind: str, size: tuple[int, int] = (6, 4), mode: str = "RGB") -> bytes:
    """A small picture."""
    image = Image.new(mode, size)
    if mode == "RGB":
        image.paste((30, 30, 200), (0, 0, size[0] // 2, size[1]))
    target = io.BytesIO()
    image.save(target, kind)
    return target.getvalue()


def _form(*parts: tuple[str, str, str, bytes]) -> bytes:
    """A form of these parts: name, file name (empty: a plain field), type, content."""
    made = b""
    for name, file, kind, content in parts:
        said = f'form-data; name="{name}"' + (f'; filename="{file}"' if file else "")
        head = f"--recorded\r\ncontent-disposition: {said}\r\n" + (f"content-type: {kind}\r\n" if kind else "")
        made += head.encode() + b"\r\n" + content + b"\r\n"
    return made + b"--recorded--\r\n"


def _of_photos(operation: Operation) -> Iterator[Case]:
    png, form = photo("PNG"), "multipart/form-data; boundary=recorded"
    tries: dict[str, tuple[str | None, bytes]] = {
        "a PNG": ("image/png", png),
        "a JPEG": ("image/jpeg", photo("JPEG")),
        "a WebP": ("image/webp", photo("WEBP")),
        "a PNG called JPEG": ("image/jpeg", png),
        "a PNG called octets": ("application/octet-stream", png),
        "a GIF": ("image/gif", photo("GIF")),
        "no picture": ("image/png", b"GIF89a but not really"),
        "a PNG cut off": ("image/png", photo("PNG", (300, 300))[:-40]),
        "a large PNG": ("image/png", photo("PNG", (2600, 20))),
        "a PNG of too many pixels": ("image/png", photo("PNG", (8000, 7000), "1")),
        "more than ten megabytes": ("image/png", png + b"\0" * (10 << 20)),
        "nothing": ("image/png", b""),
        "JSON": ("application/json", b"{}"),
        "text": ("text/plain", png),
        "a PNG without a type": (None, png),
        "a form with a photo": (form, _form(("photo", "a.png", "image/png", png))),
        "a form with a photo of another type": (form, _form(("photo", "a.heic", "application/octet-stream", png))),
        "a form with a photo and a field": (form, _form(("note", "", "", b"x"), ("photo", "a.png", "image/png", png))),
        "a form with another field": (form, _form(("picture", "a.png", "image/png", png))),
        "a form with a text for a photo": (form, _form(("photo", "", "", b"x"))),
        "a form with two photos": (form, _form(*[("photo", "a.png", "image/png", png)] * 2)),
        "a form with an empty photo": (form, _form(("photo", "a.png", "image/png", b""))),
        "a form that is none": (form, b"nonsense"),
        "a form without a boundary": ("multipart/form-data", _form(("photo", "a.png", "image/png", png))),
    }
    for what, (kind, raw) in tries.items():
        yield operation.case(f"upload of {what}", raw=raw, headers={"content-type": kind})
        if what in ("a PNG", "a form with a photo"):
            keyless = {"content-type": kind, **_KEYLESS}
            yield operation.case(f"upload of {what} without a key", raw=raw, headers=keyless, role="officer")
    kind_only = {"content-type": "image/png"}
    yield operation.case("refused before it is read", path={"code": "refuse-NOT-FOUND"}, raw=png, headers=kind_only)
    late = {"content-type": "image/png", "Idempotency-Key": "refuse-EXHAUSTED"}
    yield operation.case("refused after it is stored", raw=png, headers=late)


def _of_bank(operation: Operation) -> Iterator[Case]:
    token = operation.id == "createSnapToken"
    notice = {
        "originalReferenceNo": "20261124000000000001",
        "originalPartnerReferenceNo": "SMGP-7K4P-92",
        "latestTransactionStatus": "00",
        "amount": {"value": "4000.00", "currency": "IDR"},
    }
    body = json.dumps({"grantType": "client_credentials"} if token else notice).encode()
    yield operation.case("by the bank", raw=body)
    yield operation.case("with a token of the bank", raw=body, headers={"authorization": "Bearer e30.e30.e30"})
    yield operation.case("with cookies", raw=body, headers={"cookie": "session-8080=nonsense"})
    yield operation.case("with a key", raw=body, headers={"Idempotency-Key": KEY, "channel-id": "95221"})
    yield operation.case("with a query", raw=body, query="a=b&c=%20")
    for name in operation.headers:
        yield operation.case(f"without {name}", raw=body, headers={name: None})
        yield operation.case(f"{name} empty", raw=body, headers={name: ""})
    for what, raw in {
        "empty": b"",
        "no JSON": b"{",
        "null": b"null",
        "not UTF-8": b"\xff\xfe",
        "65536 bytes": b"x" * 65_536,
        "65537 bytes": b"x" * 65_537,
        "far too much": b"x" * 300_000,
    }.items():
        yield operation.case(f"body is {what}", raw=raw)
    for kind in ("text/plain", "application/json; charset=utf-8", None):
        yield operation.case(f"sent as {kind}", raw=body, headers={"content-type": kind})
    for method in ("GET", "PUT", "HEAD", "OPTIONS"):
        yield operation.case(f"by the method {method}", raw=b"", method=method)
    for name in REFUSALS:
        for plain in ("", "PLAIN-"):
            yield operation.case(f"refused {plain}{name}", raw=body, headers={"X-SIGNATURE": f"refuse-{plain}{name}"})
    yield operation.case("answered variant-bare", raw=body, headers={"X-SIGNATURE": "variant-bare"})
    unknown = operation.case("at an address of the bank's that is none", raw=body)
    path = "/v1/snap/v1.0/transfer"
    yield Case(unknown.name, unknown.tag, unknown.role, unknown.method, path, unknown.headers, unknown.body)


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


def _both(*makers: Any) -> Any:
    def made(operation: Operation) -> Iterator[Case]:
        for each in makers:
            yield from each(operation)

    return made


_EXTRAS: Mapping[str, Any] = {
    "createComplaint": _of_places,
    "createPayment": _both(_of_amounts, _refusals),
    "createRefund": _of_amounts,
    "topUpWallet": _of_amounts,
    "createBill": _of_quantities,
    "getStatementCsv": _of_pages,
    "getComplaint": _refusals,
    "getPaymentQrSvg": _refusals,
    "transitionComplaint": _refusals,
    "followPayment": _of_streams,
    "getMe": _of_identities,
}
