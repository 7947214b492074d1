"""Makes the Grafana dashboards of ``panels.toml``: ``python -m observability.dashboards.build`` writes the JSON.

The rows of *Pillars* are the same for every pillar, chosen by the variable ``$pillar``.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from observability.slo import load

FOLDER = Path(__file__).parent
WIDTH, HEIGHT = 24, 8
PROMETHEUS = {"type": "prometheus", "uid": "${datasource}"}


def files() -> dict[Path, str]:
    """What is made, by file."""
    pages = tomllib.loads((FOLDER / "panels.toml").read_text(encoding="utf-8"))
    return {
        FOLDER / f"{name}.json": json.dumps(_dashboard(name, page), indent=1) + "\n" for name, page in pages.items()
    }


def _dashboard(name: str, page: Mapping[str, Any]) -> dict[str, Any]:
    """A dashboard as Grafana imports it."""
    variables: list[dict[str, Any]] = [{"name": "datasource", "type": "datasource", "query": "prometheus"}]
    if name == "pillars":
        variables.append(_choice("pillar", [service for service in load().services if service != "gateway"]))
    return {
        "uid": f"smartcity-{name}",
        "title": page["title"],
        "tags": ["smartcity"],
        "timezone": "browser",
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {"list": variables},
        "panels": list(_panels(page["rows"])),
    }


def _choice(name: str, values: Sequence[str]) -> dict[str, Any]:
    options = [{"text": value, "value": value, "selected": value == values[0]} for value in values]
    return {
        "name": name,
        "type": "custom",
        "query": ",".join(values),
        "options": options,
        "current": {"text": values[0], "value": values[0]},
    }


def _panels(rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    numbers = count(1)
    top = 0
    for row in rows:
        yield {"id": next(numbers), "type": "row", "title": row["title"], "gridPos": _place(0, top, WIDTH, 1)}
        width = WIDTH // len(row["panels"])
        for column, panel in enumerate(row["panels"]):
            yield _panel(panel, next(numbers), _place(column * width, top + 1, width, HEIGHT))
        top += HEIGHT + 1


def _place(x: int, y: int, w: int, h: int) -> dict[str, int]:
    return {"x": x, "y": y, "w": w, "h": h}


def _panel(panel: Mapping[str, Any], number: int, place: dict[str, int]) -> dict[str, Any]:
    kind = panel.get("kind", "timeseries")
    targets = [
        {"refId": chr(ord("A") + index), "expr": query, "legendFormat": legend, "exemplar": kind == "timeseries"}
        for index, (legend, query) in enumerate(panel["queries"].items())
    ]
    return {
        "id": number,
        "type": kind,
        "title": panel["title"],
        "description": panel.get("about", ""),
        "datasource": PROMETHEUS,
        "gridPos": place,
        "fieldConfig": {"defaults": {"unit": panel["unit"], "min": 0}, "overrides": []},
        "targets": targets,
    }


def main() -> None:
    """Writes the files."""
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
