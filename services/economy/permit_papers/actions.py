"""What can be done with papers: one function per use case."""

from typing import NamedTuple

import structlog

from services.economy.permit_papers import model, store
from services.economy.permit_papers.model import Paper
from services.economy.permits import access
from services.economy.permits import model as permits
from services.economy.permits.model import Permit
from services.economy.resources import resources
from services.kit import signing
from services.kit.database import Transaction
from services.kit.errors import invalid, not_found

_log = structlog.get_logger()


class Shown(NamedTuple):
    """A paper as anybody is told of it."""

    permit: Permit
    paper: Paper
    genuine: bool | None
    """Whether the signature that was sent is this paper's; None where none was."""


async def issue(tx: Transaction, one: Permit) -> Paper:
    """Writes the paper of a permit that begins to hold."""
    held = resources(tx.runtime)
    text = model.text(one, tx.now)
    electronic = held.signatory.sign(text.encode())
    made = Paper(
        id=one.id, text=text, signature=held.signer.sign(text.encode()), key_id=held.signer.key_id,
        key=held.signer.public_jwk()["x"], provider=electronic.provider, simulated=electronic.simulated,
        electronic=electronic.value, issued_at=tx.now,
    )  # fmt: skip
    await store.save(tx, made)
    return made


async def check(tx: Transaction, code: str, signature: str) -> Shown:
    """What a number is. Errors: PERMIT_MISTYPED, PERMIT_PAPER_NOT_FOUND."""
    if permits.parse_code(tx.runtime.city.code_prefix, code) is None:
        message = "That is no number of a permit: its last character checks the others. Look again at each of them."
        raise invalid("PERMIT_MISTYPED", message, field="code")
    one = await access.written(tx, code)
    paper = await store.get(tx, one.id) if one is not None and one.shown else None
    if one is None or paper is None:
        raise not_found("PERMIT_PAPER_NOT_FOUND", "The city has issued no permit with this number.", field="code")
    return Shown(one, paper, _is_of(paper, signature) if signature else None)


def _is_of(paper: Paper, signature: str) -> bool:
    key = signing.read_key_set({"keys": [paper.jwk]})[paper.key_id]
    if not signing.signed(key, paper.signature, paper.text.encode()):
        # Somebody wrote past the application: what the table says is not what was signed.
        _log.error("a permit's paper does not match its signature", id=str(paper.id))
        return False
    return signature == paper.signature
