"""Makes the recording rules and burn-rate alerts from ``slo.toml``: ``python -m observability.slo`` writes the files.

Recorded, each with the labels ``service_name`` and ``slo`` (``availability`` or ``latency``):

- ``service:slo_budget:ratio``: the share of calls that may go wrong
- ``service:slo_bad:ratio_rate<window>``: the share that went wrong
- ``service:slo_bad:rate<window>``: how many per second, for the long windows
"""

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from observability.grpc import SERVER_FAULTS

FOLDER = Path(__file__).parent
RECORDING = FOLDER / "recording" / "slo.yaml"
ALERTS = {"availability": "AvailabilityBudgetBurn", "latency": "LatencyBudgetBurn"}
SECONDS = {"m": 60, "h": 3600, "d": 86400}

_HEAD = "# Made from slo.toml by `python -m observability.slo`; do not edit.\n"
STREAMS = "/v1/(payments|stories)/[^/]+/events|/v1/vehicle-events|/petugas/[^/]+/events"
"""Routes of server-sent events: they last as long as somebody listens. ``/v1/events`` is none: it lists the city's."""


@dataclass(frozen=True)
class Burn:
    """Two windows in which the budget is spent so many times too fast."""

    factor: float
    long: str
    short: str
    severity: str


@dataclass(frozen=True)
class Slo:
    """A service level: ``seconds`` is 0 for availability."""

    service: str
    name: str
    share: float
    seconds: float = 0.0

    def ratio(self, window: str) -> str:
        """The share of calls that went wrong, as PromQL."""
        whole = _rate(self._all(), window)
        if self.seconds:
            return f"1 - {_rate(self._quick(), window)} / {whole}"
        return f"({_rate(self._failed(), window)} or 0 * {whole}) / {whole}"

    def bad(self, window: str) -> str:
        """Calls per second that went wrong, as PromQL."""
        whole = _rate(self._all(), window)
        if self.seconds:
            return f"{whole} - {_rate(self._quick(), window)}"
        return f"{_rate(self._failed(), window)} or 0 * {whole}"

    def _all(self) -> str:
        return self._series("count", self._good() if self.seconds else "")

    def _failed(self) -> str:
        return self._series("count", self._good().replace("!~", "=~"))

    def _quick(self) -> str:
        return self._series("bucket", f'{self._good()}, le="{self.seconds:g}"')

    def _good(self) -> str:
        if self.service == "gateway":
            return 'http_response_status_code!~"5.."'
        return f'rpc_response_status_code!~"{"|".join(sorted(code.name for code in SERVER_FAULTS))}"'

    def _series(self, part: str, selector: str) -> str:
        if self.service == "gateway":
            name, whose = "http_server_request_duration_seconds", f'service_name="gateway", http_route!~"{STREAMS}"'
        else:
            name, whose = "rpc_client_call_duration_seconds", f'smartcity_pillar="{self.service}"'
        return f"{name}_{part}{{{', '.join(filter(None, (whose, selector)))}}}"


@dataclass(frozen=True)
class Levels:
    """All of ``slo.toml``."""

    slos: tuple[Slo, ...]
    burns: tuple[Burn, ...]
    least_bad: int

    @property
    def services(self) -> list[str]:
        """Services with levels: all there are."""
        return list(dict.fromkeys(slo.service for slo in self.slos))


def load(path: Path = FOLDER / "slo.toml") -> Levels:
    """Reads the levels."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return Levels(
        slos=tuple(slo for service, levels in found["services"].items() for slo in _slos(service, levels)),
        burns=tuple(Burn(**burn) for burn in found["burns"]),
        least_bad=found["least_bad"],
    )


def _slos(service: str, levels: Mapping[str, Any]) -> Iterator[Slo]:
    yield Slo(service, "availability", levels["availability"])
    yield Slo(service, "latency", levels["latency"]["share"], levels["latency"]["seconds"])


def _rate(series: str, window: str) -> str:
    return f"sum(rate({series}[{window}]))"


def recording(levels: Levels) -> str:
    """The recording rules as a rule file."""
    long = [burn.long for burn in levels.burns]
    windows = sorted({*long, *(burn.short for burn in levels.burns)}, key=_seconds)
    groups = []
    for slo in levels.slos:
        labels = {"service_name": slo.service, "slo": slo.name}
        expressions = {"service:slo_budget:ratio": f"vector({1 - slo.share:.6g})"}
        expressions |= {f"service:slo_bad:ratio_rate{window}": slo.ratio(window) for window in windows}
        expressions |= {f"service:slo_bad:rate{window}": slo.bad(window) for window in long}
        rules = [{"record": name, "expr": expression, "labels": labels} for name, expression in expressions.items()]
        groups.append({"name": f"slo-{slo.service}-{slo.name}", "rules": rules})
    return _HEAD + _yaml(groups)


def alert(levels: Levels, slo: str) -> str:
    """The burn-rate alert on one kind of level, for all services, as a rule file."""
    name = ALERTS[slo]
    budget = f'service:slo_budget:ratio{{slo="{slo}"}}'
    rules = []
    for burn in levels.burns:
        long, short = (f'service:slo_bad:ratio_rate{window}{{slo="{slo}"}}' for window in (burn.long, burn.short))
        bad = f'service:slo_bad:rate{burn.long}{{slo="{slo}"}} * {_seconds(burn.long)}'
        rules.append(
            {
                "alert": name,
                "expr": f"{long} > {burn.factor:g} * {budget} and {short} > {burn.factor:g} * {budget} "
                f"and {bad} >= {levels.least_bad}",
                "labels": {"severity": burn.severity, "long": burn.long, "short": burn.short},
                "annotations": {
                    "summary": f"{{{{ $labels.service_name }}}} spends its {slo} budget {burn.factor:g} times too fast",
                    "description": f"{{{{ $value | humanizePercentage }}}} of its calls went wrong within {burn.long}, "
                    f"and it goes on within {burn.short}.",
                    "runbook": f"observability/runbooks/{name}.md",
                },
            }
        )
    return _HEAD + _yaml([{"name": name, "rules": rules}])


def _seconds(window: str) -> int:
    return int(window[:-1]) * SECONDS[window[-1]]


def _yaml(groups: list[dict[str, Any]]) -> str:
    """A rule file; an expression is one line."""
    return str(yaml.safe_dump({"groups": groups}, sort_keys=False, width=math.inf))


def files(levels: Levels) -> dict[Path, str]:
    """What is made, by file."""
    alerts = {FOLDER / "alerts" / f"{name}.yaml": alert(levels, slo) for slo, name in ALERTS.items()}
    return {RECORDING: recording(levels), **alerts}


def main() -> None:
    """Writes the files."""
    for path, text in files(load()).items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
