"""What was written in a page's other forms comes along with the one that is sent, and stands there again after it.

A form with ``data-kept`` is carried: with JavaScript (``carried.js``) as it stands when another one is sent, without it
as the server gave it back. Its entries come as ``kept.<what it does>.<name>``.
"""

from __future__ import annotations

from gateway.portal.kit.forms import Fields

PREFIX = "kept."


class Kept(dict[str, Fields]):
    """Entries of forms by what they do; of one that was not written in there are none."""

    def __missing__(self, doing: str) -> Fields:
        return Fields()


def only(form: Fields) -> Fields:
    """What came along with a form, without its own entries; empty where nothing did."""
    return Fields({name: value for name, value in form.items() if name.startswith(PREFIX) and value})


def entries(form: Fields, doing: str) -> Kept:
    """What a page shows in its forms: of the one that was refused its own entries, of others what came along."""
    found = Kept({doing: form} if doing else {})
    for name, value in only(form).items():
        of, _, field = name.removeprefix(PREFIX).partition(".")
        found.setdefault(of, Fields())[field] = value
    return found
