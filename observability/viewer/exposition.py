"""Series as Prometheus scrapes them: text format 0.0.4, named as the Collector's Prometheus exporters name them.

Dots become underscores, the unit becomes a suffix, counters end in ``_total``, and the resource's attributes become
labels beside ``job`` and ``instance``. So a query works on one machine and in a cluster alike.

Source: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, groupby

from observability import semconv
from observability.viewer.series import Series
from observability.viewer.spans import Value

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_UNITS = {"s": "seconds", "ms": "milliseconds", "By": "bytes", "%": "percent"}
_DROPPED = "telemetry."
"""Resource attributes about the SDK; the Collector's configuration drops them as well."""


def text(series: Iterable[Series]) -> str:
    """The whole exposition."""
    named = sorted(((metric_name(one), one) for one in series), key=lambda pair: pair[0])
    return "".join(line for name, group in groupby(named, lambda pair: pair[0]) for line in _family(name, group))


def metric_name(one: Series) -> str:
    """The name of a series in Prometheus."""
    name = _clean(one.name)
    unit = _UNITS.get(one.unit, "ratio" if one.unit == "1" and one.kind == "gauge" else "")
    if unit and not name.endswith(f"_{unit}"):
        name = f"{name}_{unit}"
    return f"{name}_total" if one.kind == "counter" and not name.endswith("_total") else name


def _family(name: str, group: Iterable[tuple[str, Series]]) -> Iterator[str]:
    told = False
    for _, one in group:
        if not told:
            yield f"# HELP {name} {_escape(one.description, quotes=False)}\n# TYPE {name} {one.kind}\n"
            told = True
        labels = _labels(one)
        if one.buckets is None:
            yield _line(name, labels, one.value)
            continue
        bounds = [*(f"{bound:g}" for bound in one.buckets.bounds), "+Inf"]
        for bound, count in zip(bounds, accumulate(one.buckets.counts), strict=True):
            yield _line(f"{name}_bucket", {**labels, "le": bound}, count)
        yield _line(f"{name}_sum", labels, one.buckets.sum)
        yield _line(f"{name}_count", labels, one.count or 0)


def _labels(one: Series) -> dict[str, str]:
    namespace = str(one.resource.get(semconv.SERVICE_NAMESPACE, ""))
    of_resource = {key: value for key, value in one.resource.items() if not key.startswith(_DROPPED)}
    labels = {_clean(key): _plain(value) for key, value in {**of_resource, **one.attributes}.items()}
    return {"job": f"{namespace}/{one.service}" if namespace else one.service, "instance": one.instance, **labels}


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    inside = ",".join(f'{key}="{_escape(text)}"' for key, text in sorted(labels.items()))
    return f"{name}{{{inside}}} {value!r}\n"


def _plain(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _clean(name: str) -> str:
    cleaned = re.sub(r"[^a-zA-Z0-9_]+", "_", name)
    return f"_{cleaned}" if cleaned[:1].isdigit() else cleaned


def _escape(text: str, *, quotes: bool = True) -> str:
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n")
    return escaped.replace('"', '\\"') if quotes else escaped
