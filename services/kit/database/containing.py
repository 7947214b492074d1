"""Texts that have words in them, for LIKE."""

_LIKE = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


def containing(words: str) -> str:
    """A pattern of what has these words in it, signs of patterns among them too."""
    return f"%{words.translate(_LIKE)}%"
