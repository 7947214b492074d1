"""What cannot be served is refused before anything is made of it: file and line, the element, and what to do.

Each case is one change of a contract that can be served.
"""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from proto.codegen import edge
from proto.codegen.contracts import Catalogue, ContractError
from proto.codegen.generate import PROTO, THIRD_PARTY, GenerationError, generate
from tests.proto.conftest import CONTRACTS

NAME = "viewtest/things/v1/things.proto"
GOOD = (CONTRACTS / NAME).read_text(encoding="utf-8")
HTTP, RPC, RULES = "option (google.api.http) =", "option (smartcity.types.v1.rpc) =", "(smartcity.types.v1.rules)"


class Case(NamedTuple):
    """A change of the contract, and what is said of it."""

    old: str
    new: str
    at: str
    """How the line begins that is named."""
    mistake: str


GET, LIST, CREATE = "rpc GetThing(", "rpc ListThings(", "rpc CreateThing("
RPCS = {
    "it does not say who may call it": Case(
        f'response_body: "thing"}};\n    {RPC} {{everybody: SCOPE_ANY}};',
        'response_body: "thing"};',
        GET,
        "GetThing: say who may call it: option (smartcity.types.v1.rpc) = {officer: SCOPE_OWN_AGENCY};",
    ),
    "it names no role": Case(
        "officer: SCOPE_ANY",
        "",
        CREATE,
        "CreateThing: nobody may call it; name a role, out of everybody, anonymous, citizen, officer, verifier, admin, "
        "operator, dispatcher, crew",
    ),
    "another has its route": Case(
        'get: "/v1/things"',
        'get: "/v1/things/{kinds}"',
        LIST,
        "ListThings: viewtest.things.v1.ThingService.GetThing is served at GET /v1/things/{kinds} too; "
        "give it another path",
    ),
    "another takes its message": Case(
        "ListThings(ListThingsRequest)",
        "ListThings(GetThingRequest)",
        LIST,
        "ListThings: viewtest.things.v1.ThingService.GetThing takes GetThingRequest too; give it a message of its own",
    ),
    "a field of its path is missing": Case(
        "/v1/things/{id}",
        "/v1/things/{code}",
        GET,
        "GetThing: its path names {code}, which is no text of GetThingRequest; add it or correct the path",
    ),
    "a field of its path is a list": Case(
        'get: "/v1/things"',
        'get: "/v1/kinds/{kinds}"',
        LIST,
        "ListThings: its path names {kinds}, which is no text of ListThingsRequest; add it or correct the path",
    ),
    "its path is none": Case(
        "/v1/things/{id}",
        "/v1/Things/{id=*}",
        GET,
        "GetThing: its path /v1/Things/{id=*} is not made of words and fields, such as /v1/things/{id}/parts",
    ),
    "it is a write without a key": Case(
        "  string request_id = 1;\n",
        "",
        CREATE,
        "CreateThing: it is a write without a key; add `string request_id` to its request",
    ),
    "its key is never forgotten and it has none": Case(
        "  string request_id = 1;\n",
        "",
        CREATE,
        "CreateThing: it has permanent without a key; add `string request_id`, or take `permanent` out",
    ),
    "its key is asked for and it has none": Case(
        "{everybody: SCOPE_ANY};\n  }\n  // Lists",
        "{everybody: SCOPE_ANY key_required: true};\n  }\n  // Lists",
        GET,
        "GetThing: it has key_required without a key; add `string request_id`, or take `key_required` out",
    ),
    "its version may be left out and it takes none": Case(
        "{everybody: SCOPE_ANY};\n  }\n  // Lists",
        "{everybody: SCOPE_ANY etag_optional: true};\n  }\n  // Lists",
        GET,
        "GetThing: its etag may be left out and there is none; add `string etag`, or take `etag_optional` out",
    ),
    "its link key may be left out and it takes none": Case(
        "{everybody: SCOPE_ANY};\n  }\n  // Lists",
        "{everybody: SCOPE_OWN link_key_optional: true};\n  }\n  // Lists",
        GET,
        "GetThing: its link key may be left out and there is none; add `string link_key`, or take "
        "`link_key_optional` out",
    ),
    "it is a write at GET": Case(
        'post: "/v1/things" body: "*"',
        'get: "/v1/made"',
        CREATE,
        "CreateThing: it is a write at GET; use post, or take request_id out",
    ),
    "it leaves a record at GET": Case(
        "{everybody: SCOPE_ANY};\n  }\n  // Lists",
        "{everybody: SCOPE_ANY work: WORK_RECORDED};\n  }\n  // Lists",
        GET,
        "GetThing: it leaves a record at GET, which any link on any page would write; use post",
    ),
    "it has a body at GET": Case(
        'get: "/v1/things"', 'get: "/v1/things" body: "*"', LIST, "ListThings: a GET has no body; take `body` out"
    ),
    "its body is no message": Case(
        'body: "*"', 'body: "title"', CREATE, "CreateThing: its body title is no message of CreateThingRequest"
    ),
    "a message stands in its query": Case(
        ' body: "*"',
        "",
        CREATE,
        "CreateThing: part cannot be a query parameter; use body, or leave it to a route of its own",
    ),
    "what it answers is no field": Case(
        '{id}" response_body: "thing"',
        '{id}" response_body: "part"',
        GET,
        "GetThing: its response_body part is no message of GetThingResponse; name one, or take it out",
    ),
    "what it answers is no message": Case(
        '"*" response_body: "thing"',
        '"*" response_body: "word"',
        CREATE,
        "CreateThing: its response_body word is no message of CreateThingResponse; name one, or take it out",
    ),
    "nothing is answered that others could stand beside": Case(
        '"*" response_body: "thing"',
        '"*"',
        CREATE,
        "CreateThing: `beside` needs a response_body; name one, or take `beside` out",
    ),
    "its address names no field": Case(
        "{thing.id}",
        "{thing.code}",
        CREATE,
        "CreateThing: its address /v1/things/{thing.code} names {thing.code}, no field of CreateThingResponse; "
        "name one, dotted",
    ),
    "its ETag is no field": Case(
        'etag: "thing.id"',
        'etag: "word.id"',
        CREATE,
        "CreateThing: its etag word.id is no field of CreateThingResponse; name one, dotted",
    ),
    "its heading is none": Case(
        'tag: "Things"',
        'tag: "Parts"',
        CREATE,
        'CreateThing: "Parts" is no heading of its service; add it there with option (smartcity.types.v1.tags)',
    ),
    "its service has no heading": Case(
        '  option (smartcity.types.v1.tags) = {name: "Things" text: "All there are."};\n',
        "",
        GET,
        'GetThing: its service has no heading; add option (smartcity.types.v1.tags) = {name: "…" text: "…"};',
    ),
    "two operations for one binding": Case(
        "{everybody: SCOPE_ANY};\n  }\n  // Makes",
        '{everybody: SCOPE_ANY operations: ["listThings", "things"]};\n  }\n  // Makes',
        LIST,
        "ListThings: it has 2 operations for 1 HTTP bindings; name one for each",
    ),
    "two bindings without operations": Case(
        'get: "/v1/things"',
        'get: "/v1/things" additional_bindings {get: "/v1/all"}',
        LIST,
        "ListThings: it has 0 operations for 2 HTTP bindings; name one for each",
    ),
    "it streams": Case(
        "returns (ListThingsResponse)",
        "returns (stream ListThingsResponse)",
        LIST,
        "ListThings: it streams, which the kit does not serve; take `stream` out and answer page by page",
    ),
}
TITLE, COUNT, KIND, PLACE, URGENT = "string title", "int32 count", "Kind kind =", "string place", "bool urgent"
NOTES, KINDS = "repeated string notes", "repeated Kind kinds"
FIELDS = {
    "a rule of texts for a number": Case(
        "gte: 1", 'max_len: 5 pattern: "x"', COUNT, "count: max_len, pattern: for texts, and it is none; take it out"
    ),
    "a number that is personal": Case(
        "gte: 1", "personal: true", COUNT, "count: personal: for texts, and it is none; take it out"
    ),
    "a rule of numbers for a text": Case(
        "min_len: 3", "gte: 3", TITLE, "title: gte: for numbers, and it is none; take it out"
    ),
    "a rule of lists for a text": Case(
        "min_len: 3", "max_items: 3", TITLE, "title: max_items: for lists, and it is none; take it out"
    ),
    "values of a number that is any": Case(
        "gte: 1", 'in: "1"', COUNT, "count: in: for texts and enums, and it is none; take it out"
    ),
    "a value for a list that is left out": Case(
        "min_items: 1",
        'otherwise: "a"',
        NOTES,
        "notes: otherwise: for one text, number or enum, and it is none; take it out",
    ),
    "a value for yes or no": Case(
        "rules).required = true",
        'rules).fixed = "true"',
        URGENT,
        "urgent: fixed: for one text, number or enum, and it is none; take it out",
    ),
    "a value both fixed and otherwise": Case(
        'fixed: "large"',
        'fixed: "large" otherwise: "large"',
        KIND,
        "kind: it cannot have both fixed and otherwise; take one out",
    ),
    "a text both of people and to the letter": Case(
        "words: true",
        "words: true verbatim: true",
        TITLE,
        "title: it cannot be both words and verbatim; take one out",
    ),
    "a shortest text longer than the longest": Case(
        "min_len: 3", "min_len: 30", TITLE, "title: min_len is greater than max_len; swap them"
    ),
    "a least number greater than the greatest": Case(
        "gte: 1", "gte: 10", COUNT, "count: gte is greater than lte; swap them"
    ),
    "fewest items more than most": Case(
        "min_items: 1", "min_items: 5", NOTES, "notes: min_items is greater than max_items; swap them"
    ),
    "a pattern that is none": Case(
        '"[a-z]+"',
        '"[a-z"',
        PLACE,
        "place: its pattern [a-z is no regular expression (unterminated character set at position 0); correct it",
    ),
    "a fixed value that its enum does not have": Case(
        'fixed: "large"', 'fixed: "huge"', KIND, 'kind: "huge" is no value of Kind; use one of large, small'
    ),
    "a taken value that its enum does not have": Case(
        'in: "large"', 'in: "KIND_LARGE"', KIND, 'kind: "KIND_LARGE" is no value of Kind; use one of large, small'
    ),
    "a value left out that is no number": Case(
        'otherwise: "1"', 'otherwise: "one"', COUNT, 'count: "one" is no whole number; write one'
    ),
    "an object that is not there": Case(
        'inside: "part"',
        'inside: "whole"',
        PLACE,
        "place: it is inside whole, which is no message beside it; name one that is",
    ),
    "an object that is none": Case(
        'inside: "part"',
        'inside: "title"',
        PLACE,
        "place: it is inside title, which is no message beside it; name one that is",
    ),
    "a name that another has": Case(
        "words: true",
        'words: true name: "count"',
        COUNT,
        "count: title is called count over HTTP too; give it another name",
    ),
}


def mistakes(folder: Path, contract: str) -> list[str]:
    """What is refused in a contract."""
    file = folder / NAME
    file.parent.mkdir(parents=True)
    file.write_text(contract, encoding="utf-8")
    made = folder / "made.binpb"
    roots = [f"--proto_path={root}" for root in (folder, PROTO, THIRD_PARTY)]
    whole = ["--include_imports", "--include_source_info", f"--descriptor_set_out={made}"]
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *roots, *whole, NAME], check=True)
    catalogue = Catalogue(FileDescriptorSet.FromString(made.read_bytes()).file)
    try:
        edge.check([catalogue.file(NAME)], catalogue)
    except ContractError as error:
        return str(error).splitlines()
    return []


def changed(case: Case) -> tuple[str, str]:
    """The contract with the change, and what is to be said of it: the line is that of the one element it begins."""
    assert GOOD.count(case.old) == 1, f"{case.old!r} stands {GOOD.count(case.old)} times in {NAME}"
    contract = GOOD.replace(case.old, case.new)
    lines = [number for number, line in enumerate(contract.splitlines(), 1) if line.strip().startswith(case.at)]
    assert len(lines) == 1
    return contract, f"{NAME}:{lines[0]}: {case.mistake}"


def test_a_contract_that_can_be_served_is_taken(tmp_path: Path) -> None:
    assert mistakes(tmp_path, GOOD) == []


@pytest.mark.parametrize("case", RPCS.values(), ids=RPCS.keys())
def test_an_rpc_that_cannot_be_served_is_refused(tmp_path: Path, case: Case) -> None:
    contract, said = changed(case)
    assert said in mistakes(tmp_path, contract)


@pytest.mark.parametrize("case", FIELDS.values(), ids=FIELDS.keys())
def test_a_rule_that_cannot_be_held_is_refused(tmp_path: Path, case: Case) -> None:
    contract, said = changed(case)
    assert mistakes(tmp_path, contract) == [said]


def test_every_mistake_is_listed_at_once(tmp_path: Path) -> None:
    wrong = GOOD.replace("min_len: 3", "gte: 3").replace("/v1/things/{id}", "/v1/things/{code}")
    assert [each.split(": ")[1] for each in mistakes(tmp_path, wrong)] == ["GetThing", "title"]


def test_a_contract_that_cannot_be_served_leaves_the_code_of_before(tmp_path: Path) -> None:
    contract, said = changed(FIELDS["a rule of numbers for a text"])
    file = tmp_path / "contracts" / NAME
    file.parent.mkdir(parents=True)
    file.write_text(contract, encoding="utf-8")
    before = tmp_path / "gen"
    (before / "kept").mkdir(parents=True)
    with pytest.raises(GenerationError) as caught:
        generate(before, contracts=tmp_path / "contracts", roots=(tmp_path / "contracts", PROTO))
    assert said in str(caught.value)
    assert (before / "kept").exists()
