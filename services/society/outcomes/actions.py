"""Reading what came of surveys: one function per use case."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.kit.database import Transaction
from services.kit.errors import not_found
from services.society.satisfaction import model as satisfaction
from services.society.satisfaction.model import Terms
from services.society.satisfaction.profile import surveys_of
from services.society.surveys import actions as surveys
from services.society.surveys import store
from services.society.surveys.model import Kind, State, Survey
from services.society.tallies import store as counts
from services.society.tallies.model import LEAST


@dataclass(frozen=True)
class Result:
    """What may be told of a survey's answers."""

    answers: int
    final: bool
    withheld: bool
    counts: tuple[int, ...]
    """Of all options, which are not all told (``tallies.told``); empty where nothing is."""


@dataclass(frozen=True)
class Index:
    """The index of an agency and a period."""

    survey: Survey
    final: bool
    answers: int
    invited: int
    needed: int
    index: str
    grade: str
    formula: str
    sums: Sequence[int]
    """Of each element; empty where nothing is told."""


async def result(tx: Transaction, id_: str) -> tuple[Survey, Result]:
    """What came of a survey. Errors: SURVEY_NOT_FOUND."""
    one = await surveys.get(tx, id_)
    outcome = await counts.outcome(tx, one.id)
    if outcome is None:
        tally = await counts.get(tx, one.id)
        shown = tally.shown if tally else 0
        return one, Result(shown, final=False, withheld=True, counts=())
    seen = one.state is State.PUBLISHED or surveys.is_office(tx, one)
    withheld = outcome.answers < LEAST
    answers = 0 if withheld else outcome.answers
    return one, Result(answers, final=True, withheld=withheld or not seen, counts=outcome.counts if seen else ())


async def index(tx: Transaction, id_: str) -> Index:
    """That of one survey of satisfaction. Errors: SURVEY_NOT_FOUND."""
    one = await surveys.get(tx, id_)
    if one.kind is not Kind.SATISFACTION:
        raise not_found("SURVEY_NOT_FOUND", "There is no such survey of satisfaction.", field="survey")
    (found,) = await _indexes(tx, [one])
    return found


async def indexes(tx: Transaction, agency: str, size: int, token: str, *, final: bool) -> tuple[list[Index], str]:
    """Those of an agency, or (empty) of all, the latest first, and the token of the next page. Errors:
    PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    states = (State.PUBLISHED,) if final else (State.OPEN, State.PUBLISHED)
    found = await store.page(tx, Kind.SATISFACTION, states, agency, size, token)
    return await _indexes(tx, found.rows), found.token


async def _indexes(tx: Transaction, found: Sequence[Survey]) -> list[Index]:
    ids = [one.id for one in found]
    outcomes = await counts.outcomes(tx, ids) if ids else {}
    going = [each for each in ids if each not in outcomes]
    tallies = await counts.of_surveys(tx, going) if going else {}
    invited = await counts.invited(tx, going) if going else {}
    terms, shown = surveys_of(tx.runtime.city), []
    for one in found:
        if (done := outcomes.get(one.id)) is not None:
            sums = satisfaction.sums(done.counts)
            shown.append(
                Index(
                    one, True, done.answers, done.invited, done.needed, done.index, done.grade, done.formula, sums
                )
            )  # fmt: skip
        else:
            tally = tallies.get(one.id)
            answers, cells = (tally.shown, tally.shown_counts) if tally else (0, ())
            shown.append(_going_on(terms, one, answers, cells, invited.get(one.id, 0)))
    return shown


def _going_on(terms: Terms | None, one: Survey, answers: int, cells: Sequence[int], invited: int) -> Index:
    """That of a period which goes on, of whole batches."""
    if terms is None or not answers:
        needed = terms.samples.needed(invited) if terms else 0
        return Index(one, False, answers, invited, needed, "", "", "", ())
    sums = satisfaction.sums(cells)
    found = terms.current.index(sums, answers)
    needed = terms.samples.needed(max(invited, answers))
    return Index(one, False, answers, invited, needed, str(found), terms.grade(found).id, terms.current.id, sums)
