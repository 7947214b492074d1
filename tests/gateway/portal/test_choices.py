"""What was chosen comes back after a refusal: no box, list or radio button of a form forgets what was sent.

One that jumps back does something else at the second press, on a page that offers what was chosen once more.
Templates are read as text: to parse them all takes seconds.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from gateway import portal

PORTAL = Path(portal.__path__[0])
FORMS = "kit/parts/forms.html"
"""Whose macros every page may call."""
SENT = {"form", "given", "entered", "chosen", "there", "kept"}
"""What templates call the entries that were sent; all but the first are those of the thing itself until some were."""
FILTERS = re.compile(r'<form[^>]*method="get".*?</form>', re.S)
"""What a list is filtered by stands in its address."""
MACRO = re.compile(r"\{% macro (\w+)\((.*?)\) %\}(.*?)\{% endmacro %\}", re.S)
IMPORT = re.compile(r'\{% from "(.*?)" import (.*?) with context %\}')
SET = re.compile(r"\{% set (\w+) = (.*?) %\}")
CALL = re.compile(r"(?<![.\w])([a-z_]+)\(")
MARK = r'<(?:input type="(?:checkbox|radio)"|option (?!value=""))(?:\{\{.*?\}\}|\{%.*?%\}|[^>{])*>'
CHOICE = re.compile(MARK, re.S)
STANDS = re.compile(r"\{% if ((?:(?!%\}).)+) %\} (?:checked|selected)\{% endif %\}")
PRINTED = re.compile(r"\{\{(.*?)\}\}")
NAME = re.compile(r"(?<![.\w|])[a-z_]\w*")
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


class Choice(NamedTuple):
    """Something that can be chosen."""

    said: str
    by: set[str]
    """The names that decide whether it is."""


class Template:
    """A template, without the forms that filter lists."""

    def __init__(self, name: str) -> None:
        pillar, _, path = name.partition("/")
        source = FILTERS.sub("", (PORTAL / pillar / "templates" / path).read_text(encoding="utf-8"))
        self._parts, self.macros = {"": MACRO.sub("", source)}, dict[str, list[str]]()
        for macro, parameters, body in MACRO.findall(source):
            self._parts[macro] = body
            self.macros[macro] = [each.partition("=")[0] for each in _split(parameters)]
        self._imported = {each.strip(): of for of, some in IMPORT.findall(source) for each in some.split(",")}
        self._made_of: dict[str, set[str]] = {}
        for made, of in SET.findall(source):
            self._made_of.setdefault(made, set()).update(_names(of))

    def forgetful(self) -> list[str]:
        """Its choices that are decided neither by what was sent nor by what a macro is given."""
        return [
            one.said
            for part in self._parts
            for one in self._choices(part)
            if not one.by & (SENT | set(self.macros.get(part, ())))
        ]

    @cache  # noqa: B019
    def deciding(self, macro: str) -> set[frozenset[str]]:
        """For each choice in a macro that does not look itself: the parameters, one of which has to tell it."""
        given = set(self.macros[macro])
        found = (one.by for one in self._choices(macro))
        return {frozenset(by & given) for by in found if by & given and not by & (SENT - given)}

    def _choices(self, part: str) -> Iterator[Choice]:
        """The choices of a macro, or of all that is in none: its own, and those of the macros that it calls."""
        text = self._parts[part]
        for found in CHOICE.findall(text):
            stands = STANDS.search(found)
            yield Choice(found, self._decided(stands[1] if stands else " ".join(PRINTED.findall(found))))
        for call in CALL.finditer(text):
            name, after = call[1], text[call.end() :]
            home = self if name in self.macros else read(self._imported.get(name, FORMS))
            for some in home.deciding(name) if name in home.macros else ():
                given = _arguments(home.macros[name], _split(after))
                yield Choice(call[0] + after[:60], self._decided(" ".join(given.get(each, "") for each in some)))

    def _decided(self, expression: str) -> set[str]:
        """The names in an expression, and those that they are made of."""
        found, new = set[str](), _names(expression)
        while new:
            found |= new
            new = {each for name in new for each in self._made_of.get(name, ())} - found
        return found


def _names(expression: str) -> set[str]:
    return set(NAME.findall(QUOTED.sub("", expression)))


def _split(text: str) -> list[str]:
    """What stands between commas, as far as the bracket that ends it."""
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote or letter in "\"'":
            quote = "" if letter == quote else quote or letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        if depth < 0:
            break
        if letter == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _arguments(parameters: list[str], given: list[str]) -> dict[str, str]:
    """What a call gives for each parameter."""
    found: dict[str, str] = {}
    for parameter, said in zip(parameters, given, strict=False):
        name, equals, value = said.partition("=")
        found |= {name: value} if equals and name in parameters else {parameter: said}
    return found


@cache
def read(name: str) -> Template:
    """A template."""
    return Template(name)


def test_no_choice_of_a_form_forgets_what_was_sent() -> None:
    names = {"/".join(path.relative_to(PORTAL).parts).replace("/templates/", "/") for path in PORTAL.rglob("*.html")}
    assert [(name, said) for name in sorted(names) for said in read(name).forgetful()] == []
