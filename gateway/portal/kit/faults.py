"""What the rules of a contract find wrong, in the reader's language: the services say it in English.

The forms of the sentences are those of ``services.kit.rpc.rules``.
"""

from __future__ import annotations

import re

from babel.numbers import format_decimal

from gateway.portal.kit.texts import Texts

_N = r"([\d,]+)"
_FORMS = (
    (re.compile(rf"has {_N} (?:character|item)s?; give at most {_N}"), "fault.long", ("n", "most")),
    (re.compile(rf"has {_N} (?:character|item)s?; give at least {_N}"), "fault.short", ("n", "least")),
    (re.compile(rf"has {_N} (?:character|item)s?; give {_N} to {_N}"), "fault.span", ("n", "least", "most")),
    (re.compile(r"is empty; give|is missing"), "fault.empty", ()),
    (re.compile(rf"; give {_N} to {_N}"), "fault.between", ("least", "most")),
    (re.compile(rf"; give at most {_N}"), "fault.most", ("most",)),
    (re.compile(rf"; give at least {_N}"), "fault.least", ("least",)),
)


def in_words(said: str, texts: Texts) -> str:
    """What a rule says of an entry; of what is none of its sentences, that the entry is to be looked at."""
    for form, key, names in _FORMS:
        if found := form.search(said):
            numbers = (format_decimal(int(each.replace(",", "")), locale=texts.language) for each in found.groups())
            return texts(key, **dict(zip(names, numbers, strict=True)))
    return texts("fault.other")
