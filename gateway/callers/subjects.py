"""How the identity provider's ``sub`` becomes the subject that pillars know: stable, and without a name in it."""

import uuid

_SUBJECTS = uuid.UUID("5f0c7d6e-9b7c-4c6a-8a55-0c2b6f1f3374")


def subject_of(sub: str) -> str:
    """The subject of whoever the provider calls ``sub``."""
    return str(uuid.uuid5(_SUBJECTS, sub))
