"""A made-up history for a local start: how many complaints of which kind, and what they say. Never real reports."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from services.kit.city.files import Problems, line_of, read_settings
from services.kit.city.model import Area, AreaCode, Category, Text

Share = Annotated[float, Meta(ge=0, le=1)]


class Topic(Struct, frozen=True, forbid_unknown_fields=True):
    """The complaints of one category."""

    category: str
    count: Annotated[int, Meta(ge=1)]
    texts: Annotated[tuple[Text, ...], Meta(min_length=1)]
    """What they say, in Indonesian; "{place}" stands for a kelurahan or landmark."""
    areas: tuple[AreaCode, ...] = ()
    """Where they happen (codes of areas of any level); empty: anywhere."""


class Outcome(Struct, frozen=True, forbid_unknown_fields=True):
    """How the complaints ended, as shares of 1. All made up."""

    resolved: Share
    rejected: Share
    on_time: Share
    """Of the resolved ones."""
    rated: Share
    """Of the resolved ones."""
    ratings: Annotated[tuple[Share, ...], Meta(min_length=5, max_length=5)]
    """Shares of one to five stars among the rated ones."""


class Demo(Struct, frozen=True, forbid_unknown_fields=True):
    """demo.toml."""

    demo: Literal[True]
    complaints: int
    first_day: date
    last_day: date
    outcome: Outcome
    topics: tuple[Topic, ...]


def read_demo(
    folder: Path, areas: Mapping[str, Area], categories: Mapping[str, Category], problems: Problems
) -> Demo | None:
    """Read demo.toml where there is one; its categories and areas must be the city's and its counts add up."""
    if not (folder / "demo.toml").exists():
        return None
    read = read_settings(folder / "demo.toml", Demo, problems)
    if read is None:
        return None
    demo, text = read
    for number, topic in enumerate(demo.topics):
        at = f"topics[{number}]"
        if topic.category not in categories:
            problems.add(
                "demo.toml",
                line_of(text, at, "category"),
                f'unknown category "{topic.category}"',
                "use an id of categories.csv",
            )
        for code in topic.areas:
            if code not in areas:
                problems.add(
                    "demo.toml", line_of(text, at, "areas"), f'unknown area "{code}"', "use a code of areas.csv"
                )
    total = sum(topic.count for topic in demo.topics)
    if total != demo.complaints:
        problems.add(
            "demo.toml",
            line_of(text, "complaints"),
            f"the topics add up to {total}, not {demo.complaints}",
            "make the counts add up",
        )
    return demo
