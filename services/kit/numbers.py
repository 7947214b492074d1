"""Whole numbers that somebody typed.

``str.isdigit`` says yes to "²", which ``int`` refuses, and ``int`` takes "+1", "1_000" and digits of other scripts: one
way to read them, so that what is typed is a number or is refused, and is never a failure of the platform.
"""

import re

_GROUPS = re.compile(r"[0-9]{1,3}(?:[., \u00a0][0-9]{3})+")


def typed(text: str, digits: int) -> int | None:
    """The whole number that a text of at most so many ASCII digits is; None where it is none."""
    return int(text) if 0 < len(text) <= digits and text.isascii() and text.isdigit() else None


def grouped(text: str, digits: int) -> int | None:
    """The same of one whose thousands may have a mark, such as 12.500. A mark before fewer digits says something else:
    7.5 is no 75.
    """
    return typed(re.sub(r"[^0-9]", "", text) if _GROUPS.fullmatch(text) else text, digits)
