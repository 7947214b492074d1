"""What the rules of a contract find wrong, in the reader's language: the services say it in English.

The forms of the sentences are those of ``services.kit.rpc.rules``.
"""

from __future__ import annotations

import re

from babel.numbers import format_decimal

from gateway.portal.kit.texts import Texts

_N = r"([\d,]+)"
_TOO_LONG = re.compile(rf"has {_N} (character|item)s?; give (?:at most |[\d,]+ to ){_N}")
_TOO_SHORT = re.compile(rf"has {_N} characters?; give (?:at least )?{_N}")
_COUNTED = re.compile(rf"has {_N} (?:character|item)s?; give")
_FORMS = (
    (re.compile(rf"has {_N} characters?; give at most {_N}"), "fault.long", ("n", "most")),
    (re.compile(rf"has {_N} items?; give at most {_N}"), "fault.many", ("n", "most")),
    (re.compile(rf"has {_N} characters?; give at least {_N}"), "fault.short", ("n", "least")),
    (re.compile(rf"has {_N} items?; give at least {_N}"), "fault.few", ("n", "least")),
    (re.compile(rf"has {_N} (?:character|item)s?; give {_N} to {_N}"), "fault.span", ("n", "least", "most")),
    (re.compile(r"is empty; give|is missing"), "fault.empty", ()),
    (re.compile(rf"; give {_N} to {_N}"), "fault.between", ("least", "most")),
    (re.compile(rf"; give at most {_N}"), "fault.most", ("most",)),
    (re.compile(rf"; give at least {_N}"), "fault.least", ("least",)),
)


def too_long(said: str, texts: Texts) -> str:
    """That an entry has more than it may have, with both numbers; empty of all else.

    A reason's own wording says what is wanted, mostly how little will do, which is no help then.
    """
    found = _TOO_LONG.search(said)
    if found is None:
        return ""
    n, most = _number(found[1]), _number(found[3])
    if n <= most:
        return ""
    return texts(
        "fault.many" if found[2] == "item" else "fault.long",
        **{name: _shown(each, texts) for name, each in (("n", n), ("most", most))},
    )


def too_short(said: str, texts: Texts) -> str:
    """That an entry has less than it needs, with both numbers; empty of all else."""
    found = _TOO_SHORT.search(said)
    if found is None or (n := _number(found[1])) >= (least := _number(found[2])):
        return ""
    return texts("fault.short", **{name: _shown(each, texts) for name, each in (("n", n), ("least", least))})


def _shown(number: int, texts: Texts) -> str:
    return format_decimal(number, locale=texts.language)


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def in_words(said: str, texts: Texts) -> str:
    """What a rule says of an entry; of what is none of its sentences, that the entry is to be looked at."""
    for form, key, names in _FORMS:
        if found := form.search(said):
            numbers = (_shown(_number(each), texts) for each in found.groups())
            return texts(key, **dict(zip(names, numbers, strict=True)))
    return texts("fault.other")


def plain(said: str, texts: Texts) -> str:
    """What a service says, as it is; how many there are of what, as our own sentence, without the contract's name."""
    return too_long(said, texts) or (in_words(said, texts) if _COUNTED.search(said) else said)
