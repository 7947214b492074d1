"""What can be done with comments: one function per use case."""

from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import forbidden, not_found
from services.kit.interest import require_disinterested
from services.kit.rpc import etag as etags
from services.society.comments import model, store
from services.society.comments.model import Comment, State
from services.society.proposals import access, keys
from services.society.proposals import store as proposals


async def create(tx: Transaction, code: str, words: str, network: str) -> Comment:
    """Somebody says something of a proposal. Errors: those of ``CreateComment``."""
    proposal = await access.known(tx, code, "", lock=True)  # so that what waits is counted one after the other
    model.require_open(proposal)
    author = keys.login(tx.runtime, tx.caller)
    from_where = keys.digest(tx.runtime, "network", network, proposal.id) if network and author is None else None
    model.require_room(
        await store.waiting_on(tx, proposal.id), await store.of_person(tx, proposal.id, author, from_where)
    )
    made = Comment(
        id=ids.uuid7(),
        version=1,
        proposal=proposal.id,
        code=proposal.code,
        agency=proposal.agency,
        state=State.WAITING,
        words=words,
        author=author,
        network=from_where,
        note="",
        decided_by="",
        created_at=tx.now,
    )
    await store.add(tx, made)
    return made


async def page(tx: Transaction, code: str, size: int, token: str) -> Page[Comment]:
    """Those on a proposal that everybody sees. Errors: PROPOSAL_NOT_FOUND, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    proposal = await access.published(tx, code)
    return await store.shown(tx, proposal.id, size, token)


async def waiting(tx: Transaction, size: int, token: str) -> Page[Comment]:
    """Those that wait for the caller's agency. Errors: NOT_YOURS, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    if tx.agency is None:
        raise forbidden("NOT_YOURS", "Your login names no agency of the city; ask an administrator to add it.")
    return await store.waiting(tx, tx.agency, size, token)


async def moderate(tx: Transaction, id_: str, etag: str, to: State, note: str) -> Comment:
    """An officer shows it or keeps it back. Errors: those of ``ModerateComment``."""
    parsed = ids.parse(id_)
    before = await store.get(tx, parsed, lock=True) if parsed else None
    if before is None:
        raise not_found("COMMENT_NOT_FOUND", "There is no such comment.", field="id")
    about = await proposals.get(tx, before.proposal)
    assert about is not None, "a comment refers to it"
    if not tx.allows(about.agency):
        raise forbidden("NOT_YOURS", "Only the agency that answers the proposal moderates its comments.")
    require_disinterested(tx.caller, tx.caller.subject if is_own(tx, before) else "")
    await access.require_another(tx, about)
    etags.require(etag, before.version)
    done = model.moderate(before, to, note, tx.caller.subject, tx.now)
    await store.save(tx, done)
    return done


def is_own(tx: Transaction, one: Comment) -> bool:
    """Whether the caller wrote it, with their login."""
    return one.author is not None and one.author == keys.login(tx.runtime, tx.caller)
