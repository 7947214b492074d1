"""A questionnaire: questions with their options, and answers put into cells that can be counted. Pure."""

from collections.abc import Mapping, Sequence
from enum import Enum

import msgspec
from msgspec import Struct

from services.kit.errors import invalid
from services.society.satisfaction.model import Element

MOST_QUESTIONS = 20
MOST_OPTIONS = 10
LEAST_OPTIONS = 2
MOST_WORDS = 1_000
SUGGESTION = "Saran atau masukan Anda"
SUGGESTION_EN = "Your suggestions"


class Kind(Enum):
    """What a question asks for."""

    CHOICE = "choice"
    """One of the options."""
    SCALE = "scale"
    """One of the options, which go from the least to the most: they have a mean."""
    WORDS = "words"
    """People's own words, or none; for the agency alone."""


class Question(Struct, frozen=True, kw_only=True):
    """One question. Words and options in English are empty where nobody has given them."""

    kind: Kind
    text: str
    text_en: str = ""
    options: tuple[str, ...] = ()
    options_en: tuple[str, ...] = ()


class Answer(Struct, frozen=True):
    """What somebody says to a question: the number of an option from 1 on, or words."""

    option: int = 0
    words: str = ""


def checked(questions: Sequence[Question]) -> tuple[Question, ...]:
    """A questionnaire that can be asked. Errors: INVALID QUESTIONS_INVALID."""
    if not 1 <= len(questions) <= MOST_QUESTIONS:
        raise invalid("QUESTIONS_INVALID", f"A questionnaire has 1 to {MOST_QUESTIONS} questions.", field="questions")
    if all(one.kind is Kind.WORDS for one in questions):
        message = "At least one question needs options: words alone can be counted by nobody."
        raise invalid("QUESTIONS_INVALID", message, field="questions")
    for number, one in enumerate(questions, 1):
        _check(number, one)
    return tuple(questions)


def _check(number: int, one: Question) -> None:
    if one.kind is Kind.WORDS:
        if one.options or one.options_en:
            raise invalid("QUESTIONS_INVALID", f"Question {number} asks for words and has options.", field="questions")
        return
    if not LEAST_OPTIONS <= len(set(one.options)) == len(one.options) <= MOST_OPTIONS:
        message = f"Question {number} needs {LEAST_OPTIONS} to {MOST_OPTIONS} options, each another."
        raise invalid("QUESTIONS_INVALID", message, field="questions")
    if one.options_en and len(one.options_en) != len(one.options):
        message = f"Question {number} has another number of options in English."
        raise invalid("QUESTIONS_INVALID", message, field="questions")


def of_elements(elements: Sequence[Element]) -> tuple[Question, ...]:
    """The questionnaire of satisfaction: the elements, and suggestions in words."""
    asked = [
        Question(
            kind=Kind.SCALE,
            text=one.question_id,
            text_en=one.question_en,
            options=one.answers_id,
            options_en=one.answers_en,
        )
        for one in elements
    ]
    return (*asked, Question(kind=Kind.WORDS, text=SUGGESTION, text_en=SUGGESTION_EN))


def cells(questions: Sequence[Question], answers: Mapping[int, Answer]) -> tuple[int, ...]:
    """The cells that an answer is counted in, one for each question with options; ``answers`` are by the number of the
    question, from 1 on. Errors: INVALID ANSWERS_INCOMPLETE, ANSWERS_INVALID.
    """
    if not set(answers) <= set(range(1, len(questions) + 1)):
        raise invalid("ANSWERS_INVALID", "An answer is to no question of this survey.", field="answers")
    found: list[int] = []
    for number, question, first in _numbered(questions):
        given = answers.get(number, Answer())
        if question.kind is Kind.WORDS:
            if given.option:
                raise invalid("ANSWERS_INVALID", f"Question {number} asks for words.", field="answers")
            continue
        if given.words:
            raise invalid("ANSWERS_INVALID", f"Question {number} asks for one of its options.", field="answers")
        if not given.option:
            raise invalid("ANSWERS_INCOMPLETE", f"Question {number} is not answered.", field="answers")
        if not 1 <= given.option <= len(question.options):
            raise invalid("ANSWERS_INVALID", f"Question {number} has no such option.", field="answers")
        found.append(first + given.option - 1)
    return tuple(found)


def words(questions: Sequence[Question], answers: Mapping[int, Answer]) -> dict[int, str]:
    """What was said in words, by the number of the question."""
    return {
        number: answers[number].words
        for number, question, _ in _numbered(questions)
        if question.kind is Kind.WORDS and number in answers and answers[number].words
    }


def width(questions: Sequence[Question]) -> int:
    """How many cells all questions have together."""
    return sum(len(one.options) for one in questions)


def parts(questions: Sequence[Question], counts: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The counts of each question with options, by its number."""
    return {
        number: tuple(counts[first : first + len(question.options)])
        for number, question, first in _numbered(questions)
        if question.kind is not Kind.WORDS
    }


def _numbered(questions: Sequence[Question]) -> list[tuple[int, Question, int]]:
    """Each question with its number, and the place of its first cell."""
    found, first = [], 0
    for number, one in enumerate(questions, 1):
        found.append((number, one, first))
        first += len(one.options)
    return found


def written(questions: Sequence[Question]) -> str:
    """As a column holds it."""
    return msgspec.json.encode(questions).decode()


def read(text: str) -> tuple[Question, ...]:
    """What a column holds."""
    return msgspec.json.decode(text, type=tuple[Question, ...])
