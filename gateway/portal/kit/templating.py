"""The templates of all pages, and the filters by which they word what they are given."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2.bccache import Bucket

from gateway.answers.addresses import below
from gateway.portal.kit import dates, money
from gateway.portal.kit.assets import asset

_PORTAL = Path(__file__).parents[1]


class Compiled(jinja2.FileSystemBytecodeCache):
    """Templates as Python compiled them, beside its own bytecode: to compile all takes four seconds of the processor.

    As with modules, what cannot be written, or may not, is compiled anew by each process.
    """

    def __init__(self, folder: Path = _PORTAL / "__pycache__") -> None:
        super().__init__(str(folder / f"templates.{sys.implementation.cache_tag}"))

    def load_bytecode(self, bucket: Bucket) -> None:
        """Takes what was kept, if there is any."""
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps a template that was compiled."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                Path(self.directory).mkdir(parents=True, exist_ok=True)
                super().dump_bytecode(bucket)


def make_ready() -> None:
    """Loads all templates."""
    for name in templates().list_templates():
        templates().get_template(name)


@cache
def templates() -> jinja2.Environment:
    """The environment, with every filter that pages use."""
    folders = sorted(_PORTAL.glob("*/templates"))
    environment = jinja2.Environment(
        # "economy/wallet.html" is gateway/portal/economy/templates/wallet.html
        loader=jinja2.PrefixLoader({each.parent.name: jinja2.FileSystemLoader(each) for each in folders}),
        autoescape=True,
        undefined=jinja2.ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=Compiled(),
    )
    environment.globals["asset"] = asset
    environment.globals["below"] = below
    # HTML reads three digits of a fraction; with more, an element's ``datetime`` is none.
    environment.filters["iso"] = lambda stamp: stamp.isoformat(timespec="milliseconds")
    environment.filters["showing"] = dates.showing
    environment.filters["past"] = dates.is_past
    environment.filters["told"] = dates.is_told
    environment.filters["size"] = _worded(lambda size, texts, zone: dates.size(size, texts))
    environment.filters["decimal"] = _worded(lambda stamp, texts, zone: dates.decimal(stamp, texts))
    environment.filters["whole"] = _worded(lambda number, texts, zone: dates.whole(number, texts))
    environment.filters["time_of_day"] = _worded(lambda text, texts, zone: dates.time_of_day(text, texts))
    environment.filters["money"] = _worded(lambda amount, texts, zone: money.words(amount, texts))
    environment.filters["percent"] = _worded(lambda part, texts, zone: money.share(part, texts))
    for name in (
        "moment",
        "zone_name",
        "day",
        "short_day",
        "day_month",
        "distance",
        "ago",
        "clock",
        "clock_or_day",
        "clock_seconds",
        "plain_day",
        "period",
        "period_at_end",
    ):
        environment.filters[name] = _worded(getattr(dates, name))
    return environment


def _worded(words: Callable[..., str]) -> Callable[..., str]:
    """A filter that knows the page's language and the city's time zone."""

    @jinja2.pass_context
    def apply(context: jinja2.runtime.Context, value: Any) -> str:
        return words(value, context["t"], context["zone"])

    return apply
