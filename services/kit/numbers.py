"""Whole numbers that somebody typed.

``str.isdigit`` says yes to "²", which ``int`` refuses, and ``int`` takes "+1", "1_000" and digits of other scripts: one
way to read them, so that what is typed is a number or is refused, and is never a failure of the platform.
"""


def typed(text: str, digits: int) -> int | None:
    """The whole number that a text of at most so many ASCII digits is; None where it is none."""
    return int(text) if 0 < len(text) <= digits and text.isascii() and text.isdigit() else None
