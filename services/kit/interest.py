"""Nobody decides on what is their own: the one rule, for every pillar and every role, administrators included.

Who is concerned a pillar finds out itself, by each link between a person and the matter that it keeps: who pays or has
paid, whose wallet or business it is, who filed the report. What nobody has written down the rule cannot know.
"""

from services.kit.caller import Caller
from services.kit.errors import DomainError, forbidden

_NOBODY = frozenset({"anonymous", "system"})


def own_matter(caller: Caller, *concerned: str) -> DomainError | None:
    """Why the caller may not decide on what concerns these subjects (empty: of nobody); None when they may.

    FORBIDDEN OWN_MATTER. The platform itself, and who has not logged in, are nobody's subject.
    """
    if caller.roles <= _NOBODY or caller.subject not in concerned:
        return None
    return forbidden("OWN_MATTER", "This is a matter of your own, so somebody else must decide on it; ask a colleague.")


def require_disinterested(caller: Caller, *concerned: str) -> None:
    """Lets only those pass whom the matter does not concern. Errors: FORBIDDEN OWN_MATTER."""
    refusal = own_matter(caller, *concerned)
    if refusal is not None:
        raise refusal
