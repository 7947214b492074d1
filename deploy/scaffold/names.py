"""What a noun is called in each place, and which nouns cannot be."""

import keyword
import re
from dataclasses import dataclass

from deploy.pillars import NAMES

_WORD = re.compile(r"[a-z]{2,20}(-[a-z]{2,20}){0,2}")
_LONGEST = 30
_RESERVED = frozenset(
    {"all", "analyse", "analyze", "any", "array", "case", "cast", "check", "collation", "column", "constraint", "end"}
    | {"fetch", "foreign", "grant", "group", "limit", "offset", "only", "order", "placing", "primary", "references"}
    | {"select", "session_user", "some", "table", "union", "unique", "user", "using", "when", "where", "window"}
)
"""Words of SQL that no table can have for its name."""


class ScaffoldError(Exception):
    """This name cannot be; the message says why and what to do."""


@dataclass(frozen=True)
class Names:
    """A noun of a pillar: ``air-sample`` of environment."""

    pillar: str
    singular: str
    many: str
    word: str
    """What it is called in Indonesian; in the page's address too."""

    @property
    def noun(self) -> str:
        """As a field, a table and a view: ``air_sample``."""
        return self.singular.replace("-", "_")

    @property
    def nouns(self) -> str:
        """As a room and a contract: ``air_samples``."""
        return self.many.replace("-", "_")

    def texts(self) -> dict[str, str]:
        """What the templates call it."""
        noun, nouns = self.noun, self.nouns
        words = self.singular.replace("-", " ")
        return {
            "pillar": self.pillar,
            "noun": noun,
            "nouns": nouns,
            "Noun": _class(noun),
            "Nouns": _class(nouns),
            "NOUN": noun.upper(),
            "NOUNS": nouns.upper(),
            "words": words,
            "plural": self.many.replace("-", " "),
            "one": f"{'an' if words[0] in 'aeiou' else 'a'} {words}",
            "path": self.many,
            "address": self.word,
            "word": self.word.replace("-", " "),
        }


def names_of(pillar: str, noun: str, plural: str = "", word: str = "") -> Names:
    """The names of a noun; the plural by the simple rules unless it is given. Raises ScaffoldError.

    Words may be joined by blanks or underscores too: which of them is written where is made here.
    """
    noun, plural, word = (re.sub(r"[ _]+", "-", each.strip()) for each in (noun, plural, word))
    if pillar not in NAMES:
        raise ScaffoldError(f'"{pillar}" is no pillar; give PILLAR= one of {", ".join(NAMES)}')
    for given, what in ((noun, "NOUN"), (plural, "PLURAL"), (word, "WORD")):
        if (given or what == "NOUN") and (not _WORD.fullmatch(given) or len(given) > _LONGEST):
            raise ScaffoldError(
                f'"{given}" is no word; give {what}= small letters, with a hyphen between words: air-sample'
            )
    found = Names(pillar, noun, plural or plural_of(noun), word or noun)
    for each in (found.noun, found.nouns):
        if keyword.iskeyword(each) or each in _RESERVED:
            raise ScaffoldError(f'"{each}" is a word of Python or SQL; give NOUN= another, such as work-{noun}')
    if found.noun == found.nouns:
        raise ScaffoldError(f'one and many are both "{noun}"; give PLURAL= another word, such as {noun}-list')
    return found


def plural_of(noun: str) -> str:
    """The plural by the simple rules: inspections, boxes, cities."""
    if re.search(r"[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if re.search(r"(s|x|z|ch|sh)$", noun) else f"{noun}s"


def _class(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
