"""Licences that a photo may be under, by their SPDX identifiers (https://spdx.org/licenses/), and what each asks for.

Those that forbid changes or trade (ND, NC) are not among them: photos are made smaller, and others build on what the
API hands out. What has no identifier there is called as SPDX lets it be: ``LicenseRef-``.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Licence(NamedTuple):
    """One of them."""

    name: str
    url: str = ""
    """Its text; empty where there is none."""


_CC = "https://creativecommons.org"
PUBLIC_DOMAIN, PERMISSION = "LicenseRef-PublicDomain", "LicenseRef-Permission"
LICENCES: Mapping[str, Licence] = {
    "CC0-1.0": Licence("CC0 1.0", f"{_CC}/publicdomain/zero/1.0/"),
    "CC-BY-4.0": Licence("CC BY 4.0", f"{_CC}/licenses/by/4.0/"),
    "CC-BY-SA-4.0": Licence("CC BY-SA 4.0", f"{_CC}/licenses/by-sa/4.0/"),
    "CC-BY-3.0": Licence("CC BY 3.0", f"{_CC}/licenses/by/3.0/"),
    "CC-BY-SA-3.0": Licence("CC BY-SA 3.0", f"{_CC}/licenses/by-sa/3.0/"),
    "CC-BY-2.0": Licence("CC BY 2.0", f"{_CC}/licenses/by/2.0/"),
    "CC-BY-SA-2.0": Licence("CC BY-SA 2.0", f"{_CC}/licenses/by-sa/2.0/"),
    PUBLIC_DOMAIN: Licence("Public domain", f"{_CC}/publicdomain/mark/1.0/"),
    PERMISSION: Licence("By permission"),
}


def of(identifier: str) -> Licence:
    """A licence by its identifier; one that is not taken any more keeps that as its name."""
    return LICENCES.get(identifier, Licence(identifier))
