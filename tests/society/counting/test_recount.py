"""The file of a ballot: whatever is altered, added or dropped is found; the command says so."""

import json
import random
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from deploy.cli import app
from services.society.counting import pabulib
from services.society.counting.commitment import digest, line
from services.society.counting.counts import count
from services.society.counting.pabulib import FileError, Head
from services.society.counting.recount import recount
from services.society.counting.votes import Method, Option, Terms, mask, profile

BALLOT = UUID("01936d3c-0000-7000-8000-000000000001")
TERMS = Terms(Method.EQUAL_SHARES, tuple(Option(n, cost) for n, cost in enumerate((12, 9, 8, 5), 1)), 25, 1, 3)


def made(voters: int = 40, terms: Terms = TERMS) -> tuple[str, str]:
    """The file of a ballot, and its commitment."""
    lots = random.Random(voters)
    votes = {
        UUID(int=lots.getrandbits(128), version=4): mask(lots.sample(range(1, 5), lots.randint(0, 3)))
        for _ in range(voters)
    }
    found = sorted(votes.items())
    commitment = digest(BALLOT, (line(vote, bits) for vote, bits in found))
    names = {1: "Lampu; jalan", 2: 'Pos "ronda"', 3: "Saluran", 4: "Taman"}
    told = Head(BALLOT, "Anggaran RW 02", "IDR", names, commitment)
    return pabulib.head(told, terms, count(terms, profile(votes.values()))) + pabulib.votes(found), commitment


@pytest.mark.parametrize("method", list(Method))
def test_what_is_written_is_read_back_and_counts_to_the_same(method: Method) -> None:
    terms = Terms(method, TERMS.options, TERMS.budget, 2, 3)
    text, commitment = made(terms=terms)
    found = recount(text, commitment)
    assert (found.faults, found.file.terms, found.file.outcome) == ((), terms, found.outcome)
    assert found.file.head.names[1] == "Lampu; jalan"


@given(st.integers(0, 39), st.sampled_from(["alter", "drop", "double", "add", "rename"]))
def test_each_vote_that_is_altered_added_or_dropped_is_found(place: int, harm: str) -> None:
    text, commitment = made()
    head, _, votes = text.partition("voter_id;vote\n")
    lines = votes.splitlines(keepends=True)
    vote, _, said = lines[place].strip().partition(";")
    if harm == "alter":
        lines[place] = f"{vote};{'1' if said != '1' else '2'}\n"
    elif harm == "drop":
        del lines[place]
    elif harm == "double":
        lines.append(lines[place])
    elif harm == "add":
        lines.append("00000000-0000-4000-8000-000000000000;1\n")
    else:
        lines[place] = f"00000000-0000-4000-8000-000000000000;{said}\n"
    harmed = head + "voter_id;vote\n" + "".join(lines)
    if harm == "double":
        with pytest.raises(FileError):
            recount(harmed, commitment)
    else:
        assert recount(harmed, commitment).faults


def test_who_writes_the_file_anew_with_a_commitment_of_its_own_is_found_by_the_published_one() -> None:
    _, published = made(40)
    other, commitment = made(39)
    assert not recount(other).faults, "it agrees with itself"
    assert commitment != published
    assert len(recount(other, published).faults) == 2


def test_the_command_counts_a_file_offline(tmp_path: Path) -> None:
    text, commitment = made()
    file = tmp_path / "ballot.pb"
    file.write_text(text)
    told = CliRunner().invoke(app, ["recount", str(file), "--digest", commitment])
    assert told.exit_code == 0, told.output
    assert "40 votes" in told.output
    file.write_text(text.replace("META", "", 1))
    assert CliRunner().invoke(app, ["recount", str(file)]).exit_code == 1
    file.write_text("\n".join(text.splitlines()[:-1]) + "\n")
    told = CliRunner().invoke(app, ["recount", str(file)])
    assert told.exit_code == 1
    assert "altered, added or dropped" in told.output


def test_the_command_tells_programs_what_it_tells_people(tmp_path: Path) -> None:
    text, commitment = made()
    file = tmp_path / "ballot.pb"
    file.write_text(text)
    told = json.loads(CliRunner().invoke(app, ["recount", str(file), "--digest", commitment, "-o", "json"]).stdout)
    assert (told["votes"], told["commitment"], told["faults"]) == (40, commitment, [])
    assert sum(option["chosen"] for option in told["options"]) > 0


def test_the_command_says_which_file_is_not_there() -> None:
    told = CliRunner().invoke(app, ["recount", "nope"])
    assert told.exit_code == 2
    assert "'nope' does not exist" in told.output
