"""What a search looks through, and in which order it finds: with as much as a city may have it holds nobody up."""

import asyncio
from collections.abc import Awaitable

from gateway.portal.branding.all_destinations import MOST as MOST_SIGHTS
from gateway.portal.city.findable import Find, Findable, Told, findable
from gateway.portal.city.finding import STEP_LETTERS, Finds, fitting
from gateway.portal.city.wanted import MOST_WORDS, wanted_of
from gateway.portal.living.all_facilities import MOST_PAGES, PAGE
from services.kit import holding
from services.kit.city import load_city
from smartcity.branding.v1.destinations_pb2 import Destination
from smartcity.living.v1.facilities_pb2 import Facility

SEMARANG = load_city("semarang")
NOTHING = Told((), (), (), (), ())


def said(*names: str) -> list[Findable]:
    return [Findable("pages", Find(name, "/"), (name,)) for name in names]


async def names(typed: str, *among: str) -> tuple[list[str], list[str]]:
    """What fits each of the words that were typed, and what fits some."""
    every, some = await fitting(wanted_of(typed), said(*among))
    return [one.name for one in every.get("pages", ())], [one.name for one in some.get("pages", ())]


async def found(told: Told, typed: str, language: str = "en") -> Finds:
    wanted = wanted_of(typed)
    return (await fitting(wanted, findable(SEMARANG, language, told, wanted)))[0]


async def test_names_with_the_words_as_they_are_come_first() -> None:
    among = ("Taman Kotalama", "Kota Taman")
    assert await names("kota taman", *among) == (["Kota Taman", "Taman Kotalama"], [])


async def test_what_lacks_a_word_is_found_by_the_others_and_by_more_of_them_first() -> None:
    among = ("Pajak", "Lampu", "Lampu jalan", "Pasar")
    assert await names("lampu jalan rusak", *among) == ([], ["Lampu jalan", "Lampu"])


async def test_a_word_of_two_letters_finds_nothing_alone() -> None:
    assert await names("di lampu", "Dinas", "Lampu") == ([], ["Lampu"])


async def test_a_landmark_that_is_a_place_to_visit_is_told_as_that_by_whatever_it_is_found() -> None:
    one = next(each for each in SEMARANG.landmarks if "_" not in each.kind)
    assert "places" in await found(NOTHING, f"{one.name} {one.kind}")
    told = NOTHING._replace(sights=[Destination(code="it", name=one.name)])
    every = await found(told, f"{one.name} {one.kind}")
    assert ([each.name for each in every["destinations"]], "places" in every) == ([one.name], False)


async def test_a_search_through_as_much_as_a_city_may_have_holds_nobody_up() -> None:
    told = NOTHING._replace(
        sights=[_sight(number) for number in range(MOST_SIGHTS)],
        facilities=[Facility(code=f"f{number}", name=f"Balai {number}") for number in range(PAGE * MOST_PAGES)],
    )
    typed = " ".join(f"zzz{letter}" for letter in "abcdefghij")
    assert len(wanted_of(typed)) == MOST_WORDS
    await found(NOTHING, typed)  # what is read once
    with holding.watched() as watch:
        watch.worst()
        steps = await asyncio.create_task(_steps(found(told, typed)))
        ((held_s, _),) = watch.worst()
    assert held_s < holding.LIMIT_S
    assert steps > MOST_SIGHTS * 2_000 // STEP_LETTERS


def _sight(number: int) -> Destination:
    one = Destination(code=f"d{number}", name=f"Tempat {number}")
    one.content.description = " ".join(f"kata{number}x{each}" for each in range(400))[:2_000]
    return one


async def _steps(search: Awaitable[Finds]) -> int:
    """How often others have their turn while somebody searches."""
    turns = 0
    task = asyncio.ensure_future(search)
    while not task.done():
        turns += 1
        await asyncio.sleep(0)
    assert task.result() == {}
    return turns
