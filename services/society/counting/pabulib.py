"""The file of a ballot in the format of Pabulib (``.pb``, pabulib.org/format), read by programs that count budgets.

Three sections, each with a header line and semicolons between values. Beside the usual keys ours names the ballot and
the commitment to the votes. The ids of voters are those of the votes, drawn by lot.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from services.society.counting.commitment import line
from services.society.counting.votes import Method, Option, Outcome, Terms, mask

_RULES = {Method.EQUAL_SHARES: "equalshares/add1u", Method.APPROVAL: "approval"}


class FileError(Exception):
    """The file is none of ours; the message says in which line and why."""


@dataclass(frozen=True)
class Head:
    """What a file says beside the votes."""

    ballot: UUID
    title: str
    currency: str
    names: Mapping[int, str]
    """Of options, by number."""
    digest: str


@dataclass(frozen=True)
class Read:
    """What a file says."""

    head: Head
    terms: Terms
    outcome: Outcome
    """As the file has it."""
    votes: Mapping[UUID, int]


def head(told: Head, terms: Terms, outcome: Outcome) -> str:
    """All that stands before the votes."""
    meta = {
        "description": told.title,
        "instance": told.ballot,
        "num_projects": len(terms.options),
        "num_votes": outcome.votes,
        "budget": terms.budget,
        "vote_type": "approval",
        "rule": _RULES[terms.method],
        "max_length": terms.most_choices,
        "currency": told.currency,
        "winners": terms.winners,
        "votes_sha256": told.digest,
    }
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";", lineterminator="\n")
    rows.writerows([("META",), ("key", "value"), *meta.items(), ("PROJECTS",)])
    rows.writerow(("project_id", "cost", "votes", "selected", "name"))
    for one in terms.options:
        chosen = int(one.number in outcome.chosen)
        rows.writerow((one.number, one.cost, outcome.approvals[one.number], chosen, told.names[one.number]))
    rows.writerows([("VOTES",), ("voter_id", "vote")])
    return written.getvalue()


def votes(found: Iterable[tuple[UUID, int]]) -> str:
    """Lines of votes."""
    return "".join(f"{line(vote, bits)}\n" for vote, bits in found)


def read(text: str) -> Read:
    """What a file says. Errors: FileError."""
    sections: dict[str, list[tuple[int, list[str]]]] = {}
    current: list[tuple[int, list[str]]] | None = None
    for place, row in enumerate(csv.reader(io.StringIO(text), delimiter=";"), 1):
        if row in (["META"], ["PROJECTS"], ["VOTES"]):
            current = sections.setdefault(row[0], [])
        elif current is None:
            raise FileError(f"line {place}: the file does not begin with META")
        elif row:
            current.append((place, row))
    try:
        meta = {row[0]: row[1] for _, row in sections["META"][1:]}
        terms, outcome, names = _projects(meta, sections["PROJECTS"][1:])
        told = Head(UUID(meta["instance"]), meta["description"], meta["currency"], names, meta["votes_sha256"])
        return Read(told, terms, outcome, _votes(sections["VOTES"][1:]))
    except KeyError as error:
        raise FileError(f"{error.args[0]} is missing") from error
    except (ValueError, IndexError) as error:
        raise FileError(f"a value cannot be: {error}") from error


def _projects(meta: Mapping[str, str], rows: list[tuple[int, list[str]]]) -> tuple[Terms, Outcome, Mapping[int, str]]:
    methods = {name: method for method, name in _RULES.items()}
    options = tuple(Option(int(row[0]), int(row[1])) for _, row in rows)
    most = int(meta["max_length"])
    terms = Terms(methods[meta["rule"]], options, int(meta["budget"]), int(meta["winners"]), most)
    found = {int(row[0]): int(row[2]) for _, row in rows}
    chosen = tuple(sorted(int(row[0]) for _, row in rows if row[3] == "1"))
    spent = sum(one.cost for one in options if one.number in chosen)
    return terms, Outcome(int(meta["num_votes"]), found, chosen, spent), {int(row[0]): row[4] for _, row in rows}


def _votes(rows: list[tuple[int, list[str]]]) -> Mapping[UUID, int]:
    found: dict[UUID, int] = {}
    for place, row in rows:
        if len(row) != 2:
            raise FileError(f"line {place}: a vote is an id and the numbers of options")
        vote = UUID(row[0])
        if vote in found:
            raise FileError(f"line {place}: the vote {vote} stands twice")
        found[vote] = mask(int(number) for number in row[1].split(",") if number)
        if line(vote, found[vote]) != ";".join(row):
            raise FileError(f"line {place}: the vote is not written as a count writes it")
    return found
