"""Values of a field, from what its schema says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.gateway.recorded.operations import PHOTOS


def tries(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a field, by what is special about each."""
    kind = schema.get("type")
    if kind == "string":
        return _words(schema) if "enum" in schema else _strings(schema)
    if kind == "integer":
        return _integers(schema)
    if kind == "number":
        lowest, highest = schema["minimum"], schema["maximum"]
        return {
            "as text": "5",
            "as true": True,
            "as a list": [5],
            "whole": 5,
            "the lowest": lowest,
            "the highest": highest,
            "below the lowest": lowest - 0.000001,
            "above the highest": highest + 0.000001,
            "enormous": 10**400,
        }
    if kind == "boolean":
        tries = {"yes": "yes", "true": "true", "on": "on", "an empty text": "", "1": "1"}
        words = {f"as the text {what}": value for what, value in tries.items()}
        return {**words, "as false": False, "as 1": 1, "as 0": 0, "as 2": 2, "as 1.0": 1.0, "as a list": [True]}
    if kind == "array":
        one, most, least = PHOTOS[0], schema["maxItems"], schema.get("minItems", 0)
        tries_of = {f"of {count} items": [one] * count for count in sorted({0, 1, least, most, most + 1})}
        return {**tries_of, "as text": one, "as an object": {}, "with a list": [[one]], "as a number": 5}
    return {"as text": "x", "as a number": 5, "as a list": [], "as an empty object": {}, "as true": True}


def _words(schema: Mapping[str, Any]) -> dict[str, Any]:
    words = schema["enum"]
    return {
        **{f"as {each}": each for each in words},
        "that is not known": "nonsense",
        "as unspecified": "unspecified",
        "in capitals": words[0].upper(),
        "empty": "",
        "with a blank before": f" {words[0]}",
        "as a number": 1,
        "as true": True,
        "as a list": [words[0]],
    }


def _strings(schema: Mapping[str, Any]) -> dict[str, Any]:
    least, most = schema.get("minLength", 0), schema.get("maxLength", 0)
    text = "Kios nomor 12 di Pasar Johar"
    tries: dict[str, Any] = {
        "as a number": 5,
        "as true": True,
        "as a list": ["x"],
        "as an object": {},
        "empty": "",
        "of blanks only": "   \t\n",
        "with a bell": f"{text[:8]}\u0007{text[8:]}",
        "with a zero byte": f"{text}\u0000",
        "with an escape at the end": f"{text}\u001b",
        "with later control characters": f"{text[:9]}\u007f\u0085",
        "with other blanks around": f"\u3000\u00a0{text}\u2003\u200b",
        "with unit separators around": f"\u001f{text}\u001c",
        "with a broken surrogate": f"{text}\ud800",
        "with a right-to-left mark": f"\u202e{text}",
        "in Javanese": "ꦥꦱꦂ ꦗꦺꦴꦲꦂ",
    }
    if "pattern" in schema:
        tries |= {
            "in small letters": "idr",
            "too long": "IDRX",
            "with a line feed at the end": "IDR\n",
            "of another currency": "USD",
        }
        tries |= {"with blanks around": " IDR "}
        return {key: value for key, value in tries.items() if "other" not in key or "currency" in key}
    if least:
        tries[f"of {least} characters"] = _filler(least)
        tries[f"of {least - 1} characters"] = _filler(least - 1)
        tries[f"of {least - 1} characters and a blank"] = _filler(least - 1) + " "
    if most:
        tries[f"of {most} characters"] = _filler(most)
        tries[f"of {most} characters with blanks around"] = f" {_filler(most)} "
        tries[f"of {most + 1} characters"] = _filler(most + 1)
        if most <= 500:
            tries[f"of {most} faces"] = "🙂" * most
    return tries


def _filler(length: int) -> str:
    return ("abcdefghijklmnopqrstuvwxyz" * (length // 26 + 1))[:length]


def _integers(schema: Mapping[str, Any]) -> dict[str, Any]:
    lowest, highest = int(schema["minimum"]), int(schema["maximum"])
    values = sorted({lowest - 1, lowest, highest, highest + 1, 0, -5, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 2**80})
    return {
        **{f"as {each}": each for each in values},
        "as text": "5",
        "as 1.5": 1.5,
        "as 1.0": 1.0,
        "as true": True,
        "as a list": [1],
    }
