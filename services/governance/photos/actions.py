"""What can be done with photos."""

from collections.abc import Sequence
from uuid import UUID

from services.governance.photos.model import Photo
from services.kit.database import Transaction


async def evidence(tx: Transaction, complaint_id: UUID, photo_ids: Sequence[str]) -> list[Photo]:
    """The case's evidence photos of these ids. Errors: INVALID PHOTO_UNKNOWN when one is not evidence of this case."""
    raise NotImplementedError


async def visible(tx: Transaction, complaint_id: UUID, *, inside: bool) -> list[Photo]:
    """The case's photos, oldest first; those inside (reporter, handling agency, verifier, admin) see them all."""
    raise NotImplementedError


async def release(tx: Transaction, complaint_id: UUID, photo_ids: Sequence[str]) -> None:
    """Lets everybody see exactly these photos of the case. Errors: INVALID PHOTO_UNKNOWN."""
    raise NotImplementedError
