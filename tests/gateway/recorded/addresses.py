"""What stands in the address and in the headers: parameters of the path, queries, headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from tests.gateway.recorded.operations import PATHS, QUERIES, Operation
from tests.gateway.recorded.recording import Case
from tests.gateway.recorded.uploads import photo


def of_addresses(operation: Operation) -> Iterator[Case]:
    raw = photo("PNG") if operation.id == "createPhoto" else None
    fixed: dict[str, str | None] = {"content-type": "image/png"} if raw else {}
    for parameter in operation.parameters("path"):
        name, schema = parameter["name"], operation.resolved(parameter["schema"])
        tries = {
            "with a blank": "a%20b",
            "with an underscore": "a_b",
            "with a dot": "a.b",
            "with a line feed at the end": f"{PATHS[name]}%0A",
            "with blanks around": f"%20{PATHS[name]}%20",
            "with an accent": "%C3%A9",
            "in small letters": PATHS[name].lower(),
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


def of_queries(operation: Operation) -> Iterator[Case]:
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
    return list(schema["enum"])[:1] if "enum" in schema else [QUERIES[name]]


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
    valid = QUERIES[name]
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


def of_headers(operation: Operation) -> Iterator[Case]:
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
            "the version of its id": f'"{PATHS["id"]}"',
        }.items():
            yield operation.case(f"If-None-Match {what}", headers={"If-None-Match": value})
    if len(operation.headers) > 1:
        bare: dict[str, str | None] = dict.fromkeys(operation.headers)
        yield operation.case("without any header", headers={**fixed, **bare}, raw=raw)
