"""What crews noted about a case, in SQL."""

from services.kit.database import Transaction


async def forget_notes(tx: Transaction, complaint_id: str) -> None:
    """Erases the notes of all clean-ups of a complaint; in the case's own history stays what was not taken out."""
    await tx.execute("UPDATE cleanup SET note = '' WHERE complaint_id = $1 AND note <> ''", complaint_id)
