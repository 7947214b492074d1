"""What stands in the addresses of pages."""

from typing import Annotated

from fastapi import Path

Code = Annotated[str, Path(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9-]+$")]
"""A public code with its check digit."""
Identifier = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
"""An identifier of the platform's own."""
