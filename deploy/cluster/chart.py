"""The chart's values, as `helm` would merge them."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).parents[1] / "helm" / "smartcity"


def values(*overrides: dict[str, Any]) -> dict[str, Any]:
    """values.yaml with later ones over it; maps are merged, everything else is replaced."""
    merged: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    for each in overrides:
        merged = merge(merged, each)
    return merged


def merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """A new map in which `above` counts; None takes a key away."""
    merged = deepcopy(below)
    for key, value in above.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = deepcopy(value)
    return merged
