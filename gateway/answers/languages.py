"""The languages that a browser or an app asks for."""

import re

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")
_QUALITY = re.compile(r"q=([01](?:\.[0-9]{1,3})?)")
_MOST = 400
"""Characters of a header that are read."""


def wanted(accepted: str) -> list[str]:
    """The languages of an Accept-Language header (RFC 9110, 12.5.4), the one that is wanted most first."""
    ranked = []
    for part in accepted[:_MOST].split(","):
        tag, _, quality = (each.strip() for each in part.partition(";"))
        found = _QUALITY.fullmatch(quality)
        weight = float(found[1]) if found else 0.0 if quality else 1.0
        if weight > 0 and _LANGUAGE.fullmatch(tag):
            ranked.append((weight, tag))
    ranked.sort(key=lambda one: -one[0])
    return [tag for _, tag in ranked]
