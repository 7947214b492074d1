"""Money that needs two people: one asks and says why, another agrees. Pure rules."""

from services.kit.caller import Caller
from services.kit.errors import forbidden, invalid
from services.kit.interest import own_matter


def is_own(caller: Caller, first: str, *concerned: str) -> bool:
    """Whether somebody else than the caller must agree: they asked for it themselves, or it is a matter of theirs."""
    return first == caller.subject or own_matter(caller, *concerned) is not None


def require_second(first: str, second: str) -> None:
    """Two people decide. Errors: SECOND_PERSON_REQUIRED."""
    if first == second:
        raise forbidden("SECOND_PERSON_REQUIRED", "You asked for this yourself; somebody else must approve it.")


def one_line(text: str, field: str = "reason") -> str:
    """A reason as it is kept and told to the bank. Errors: REASON_REQUIRED."""
    line = " ".join(text.split())
    if not line.isprintable():
        raise invalid("REASON_REQUIRED", "Say why in plain text, without signs that nobody sees.", field=field)
    return line
