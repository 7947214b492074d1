"""What stands in the addresses of pages."""

import re
from typing import Annotated

from fastapi import Path

Code = Annotated[str, Path(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9-]+$")]
"""A public code with its check digit."""
Identifier = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
"""An identifier of the platform's own."""
_KEY = re.compile(r"[A-Za-z0-9-]{1,64}")


def key_of_link(text: str) -> str:
    """The key in a link that was followed or typed, without its blanks, so that a cookie can hold it; empty where it
    can be none of ours.
    """
    key = "".join(text.split())
    return key if _KEY.fullmatch(key) else ""
