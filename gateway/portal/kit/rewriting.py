"""A form that writes all of a thing anew, where others wrote meanwhile: what its sender left alone stays as it is now.

The form says what stood in its entries when it was opened, by a digest of each. Where it is shown again after a
refusal, its sender's own changes stand on top of how the thing is now; of an entry that both changed it says what it is
now.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from gateway.portal.kit.acting import FormState
from gateway.portal.kit.forms import Fields
from services.kit.rpc.text import clean

OPENED = "opened"
"""The entry that says what stood in the others; a page of the version before has none."""
_DIGITS = 12


def shown_again(
    shown: FormState, doing: str, present: Fields, *, together: Sequence[Collection[str]] = (),
    words: Mapping[str, str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """For the template: ``entered``, what stands in the form; ``opened`` for its hidden entry; ``theirs``, what entries
    are now that both changed; and all that ``shown`` has besides.

    ``present`` are the entries as they are now. Those that make sense ``together`` alone, as a point's numbers, are
    taken from one of both. ``words`` are those of an entry that stands in the form by a code.
    """
    found: dict[str, Any] = {"entered": present, "opened": opened(present), "theirs": {}}
    if shown.doing == doing and shown.form is not None:
        found["entered"], theirs = _merged(shown.form, present, together)
        found["theirs"] = {name: (words or {}).get(name, value) for name, value in theirs.items()}
        shown = replace(shown, form=found["entered"])
    return {**shown.context(), **found}


def opened(present: Fields) -> str:
    """What a form says of its entries as it is opened; of those that are empty nothing."""
    values = {name: _value(present, name) for name in present}
    return ",".join(f"{name}:{_digest(value)}" for name, value in values.items() if value)


def _merged(form: Fields, present: Fields, together: Sequence[Collection[str]]) -> tuple[Fields, dict[str, str]]:
    """The entries, and of those that both changed what they are now."""
    before = _before(form)
    grouped = {name for group in together for name in group}
    alone = [(name,) for name in [*present, *(before or ())] if name not in grouped]
    merged, theirs = Fields(form), dict[str, str]()
    sent = list(form.sent)
    for group in [*alone, *together]:
        differ = [name for name in group if _value(form, name) != _value(present, name)]
        if before is None or _touched(group, form, before):
            if before is None or _touched(group, present, before):
                theirs |= {name: _value(present, name) for name in differ}
            continue
        merged |= {name: present[name] for name in group}
        sent = [pair for pair in sent if pair[0] not in group]
        sent += [pair for pair in present.sent if pair[0] in group]
    merged.sent = sent
    return merged, theirs


def _touched(group: Collection[str], fields: Fields, before: Mapping[str, str]) -> bool:
    """Whether any of these entries isn't any more what it was when the form was opened."""
    return any(_digest(_value(fields, name)) != before.get(name, _digest("")) for name in group)


def _before(form: Fields) -> dict[str, str] | None:
    """The digests that a form came with."""
    if OPENED not in form:
        return None
    return {name: digest for each in form[OPENED].split(",") for name, _, digest in [each.partition(":")] if name}


def _digest(value: str) -> str:
    return sha256(value.encode()).hexdigest()[:_DIGITS]


def _value(fields: Fields, name: str) -> str:
    """An entry as a browser sends it back; of ticked boxes all, whatever their order."""
    ticked = fields.all(name)
    return "\n".join(sorted(ticked)) if len(ticked) > 1 else clean(fields[name])
