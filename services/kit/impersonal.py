"""Words of staff and organisers that many read: on public pages, or in events, which no word is taken out of.

Nothing in them tells how to reach somebody or who that is: no NIK, telephone or account number, no address with @. A
name no rule can find; whoever writes is told to name none.
"""

import re
import unicodedata

from services.kit.errors import invalid

_DATE = re.compile(r"(?<!\d)(?:\d{1,2}([-./])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([-./])\d{1,2}\2\d{1,2})(?!\d)")
"""Such as 30-11-2026 or 2026-11-30: with a time beside it, it has as many digits as a number of somebody."""
_PERSONAL = re.compile(r"(?:\d[ .()+/-]*){10,}|@")


def is_personal(text: str) -> bool:
    """Whether a text holds what looks like a number or an address of somebody."""
    return _PERSONAL.search(_DATE.sub(",", unicodedata.normalize("NFKC", text))) is not None


def require_impersonal(text: str, field: str) -> None:
    """Lets pass what many may read. Errors: INVALID WORDS_PERSONAL."""
    if is_personal(text):
        message = (
            "Many can read this: leave out every NIK, telephone and account number and every e-mail address, and name "
            "nobody."
        )
        raise invalid("WORDS_PERSONAL", message, field=field)
