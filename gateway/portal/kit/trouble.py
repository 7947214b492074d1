"""A problem in the reader's words: what a page says of what could not be done, and of which entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.answers.problems import Problem
from gateway.portal.kit import faults
from gateway.portal.kit.texts import Texts

_TELLS = frozenset({"RULES_INVALID"})
"""Reasons whose particulars no text of ours could tell: lines of a draft of rules."""
_BY_ANOTHER = frozenset(
    {"SECOND_PERSON_REQUIRED", "OWN_MATTER", "OWN_CORRECTION", "OWN_EVENT", "OWN_SHIFT"}
    | {"BALLOT_CANCEL_ANOTHER", "COUNT_BY_ANOTHER", "COUNTS_ASIDE_BY_ANOTHER"}
)
"""Reasons of all rules by which two people act: the reader may be there, but somebody else has to do it."""


@dataclass(frozen=True)
class Trouble:
    """A problem in the reader's words, and which fields it concerns."""

    title: str
    message: str
    errors: Mapping[str, str]
    named: str = ""
    """Which of several that were given it is about."""
    reason: str = ""
    """Why it was refused, as the services name it."""

    @classmethod
    def of(cls, problem: Problem, texts: Texts, *, opened: bool = False) -> Trouble:
        """Our own wording: that of the reason, of the status, or of the rule that does not hold.

        Of a page that was only ``opened`` nothing is said about what was sent.
        What a service says in English is added for readers of English, and where nothing else can tell as much.
        """
        own = _own(texts, problem.reason, problem.named)
        general = texts.maybe(f"problem.m{problem.status}", "")
        general = texts.maybe(f"problem.m{problem.status}_opened", general) if opened else general
        tells = problem.reason in _TELLS or (texts.language == "en" and problem.status in (409, 422))
        specific = faults.plain(problem.detail, texts) if tells or not general else ""
        fields = _fields(problem)
        errors = {name: told(texts, problem.reason, name, said, problem.named) for name, said in fields}
        if any(faults.too_long(said, texts) for _, said in fields):
            own = ""  # it says what too little is
        message = own or " ".join(filter(None, (general, specific)))
        title = texts.maybe(f"problem.p{problem.status}", texts("problem.p500"))
        title = texts.maybe(f"problem.p{problem.status}_opened", title) if opened else title
        title = texts.maybe(f"problem.p_{problem.reason}", title)
        title = texts("problem.by_another") if problem.reason in _BY_ANOTHER else title
        return cls(title, message, errors, problem.named, problem.reason)

    def context(self) -> dict[str, Any]:
        """For the template: the summary and the fields' errors."""
        return {"problem": self, "errors": self.errors}


def _fields(problem: Problem) -> list[tuple[str, str]]:
    """Names of the entries that a problem is about, and what the service says of each."""
    return [(each.field.rpartition(".")[2], each.message) for each in problem.errors]


def told(texts: Texts, reason: str, field: str, said: str, named: str = "") -> str:
    """What is wrong with a field: of how much too long it is; else our own wording of the reason, with how much
    too short it is where that gives no number; else that of the rule.
    """
    own = _at(texts, reason, field) or _own(texts, reason, named)
    if own and not any(each.isdigit() for each in own):
        own = f"{own} {faults.too_short(said, texts)}".rstrip()  # fields that share a reason need different lengths
    return faults.too_long(said, texts) or own or faults.in_words(said, texts)


def _own(texts: Texts, reason: str, named: str) -> str:
    """Our own wording of a reason; some say which of several that were given is meant, where that is known."""
    own = texts.maybe(f"reason.{reason}", "")
    return (texts.maybe(f"reason.{reason}_named", own) if named else own).replace("{named}", named)


def _at(texts: Texts, reason: str, field: str) -> str:
    """Our own wording of a reason for one of the fields that share it."""
    return texts.maybe(f"reason.{reason}_{field}", "")


def field_trouble(texts: Texts, **errors: str) -> Trouble:
    """Entries that the portal itself finds wanting."""
    return Trouble(texts("form.problem"), texts("problem.m422"), errors)
