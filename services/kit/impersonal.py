"""Words of staff and organisers that many read: on public pages, or in events, which no word is taken out of.

Nothing in them tells how to reach somebody or who that is: no NIK, telephone or account number, no address with @. A
name no rule can find; whoever writes is told to name none.
"""

import re
import unicodedata

from services.kit.errors import invalid

_NOBODYS = re.compile(
    r"""(?ix)
      (?<!\d)(?:\d{1,2}([-./])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([-./])\d{1,2}\2\d{1,2})(?!\d)
    | (?<![\d.])(?:[01]?\d|2[0-4])[.:][0-5]\d(?!\.?\d)
    | \bR(?:T/RW|[TW])[ .]*\d{1,3}(?:\ ?/\ ?\d{1,3})?(?!\d|[ .()/-]*\d{3})
    | \bRp[ .]*[1-9]\d{0,2}(?:\.\d{3})+(?!\.?\d)
    | (?<![\d.])(?<!\d-)[1-9]\d{0,2}(?:\.\d{3}){0,2}\.000(?!\.?\d)
    """
)
"""Dates, times of day, numbers of neighbourhoods and amounts: side by side they have as many digits as a number of
somebody, and none of those is written like them.
"""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NUMBER = re.compile(r"\+?(?:[\dY][ .()+/-]*){10,}")
_ADDRESS = re.compile(r"\S@\S|@[\w.-]+\.\w")
_COUNT, _COUNTS_MOST = re.compile(r"(?!0\d\d)\d{1,3}"), 4
"""What may stand beside years, and how many digits of it: ``2024 2025 150``."""


def is_personal(text: str) -> bool:
    """Whether a text holds what looks like a number or an address of somebody."""
    # Digits of years are written as Y, which no other letter of the text is then.
    plain = _NOBODYS.sub(",", unicodedata.normalize("NFKC", text)).replace("Y", ",")
    runs = _NUMBER.findall(_YEAR.sub("YYYY", plain))
    return _ADDRESS.search(plain) is not None or any(not _counts_years(run) for run in runs)


def _counts_years(run: str) -> bool:
    """Whether digits that stand together are years, and little beside them: four of a telephone number may look so."""
    others = re.findall(r"\d+", run)
    few = sum(map(len, others)) <= _COUNTS_MOST and all(_COUNT.fullmatch(one) for one in others)
    return "Y" in run and "+" not in run and few


def require_impersonal(text: str, field: str) -> None:
    """Lets pass what many may read. Errors: INVALID WORDS_PERSONAL."""
    if is_personal(text):
        message = (
            "Many can read this: leave out every NIK, telephone and account number and every e-mail address, and name "
            "nobody."
        )
        raise invalid("WORDS_PERSONAL", message, field=field)
