"""The table of tariffs: what is wrong is named with its file and line."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.economy.levies.tariffs import tariffs_of
from services.economy.terms import FILE
from services.kit.city import CityError, load_city

HEADER = "id,name_id,name_en,agency,amount,unit,period,due_days,basis\n"
GOOD = "pasar-kios,Retribusi pasar: kios,Market levy: kiosk,disdag,500,m2,month,14,contoh\n"


def _read(folder: Path, text: str | None) -> Any:
    place = folder / "cities" / "kota"
    place.mkdir(parents=True)
    if text is not None:
        (place / "levies.csv").write_text(text, encoding="utf-8")
    semarang = load_city("semarang")
    (place / FILE).write_text((semarang.folder / FILE).read_text(encoding="utf-8"), encoding="utf-8")
    return tariffs_of(replace(semarang, folder=place))


def _problems(folder: Path, text: str | None) -> list[str]:
    with pytest.raises(CityError) as caught:
        _read(folder, text)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("city", ["semarang", "kabupaten-semarang"])
def test_the_cities_tables_are_sound(city: str) -> None:
    found = load_city(city)
    assert tariffs_of(found)


def test_a_table_is_read_in_its_order(tmp_path: Path) -> None:
    found = _read(tmp_path, f"# remark\n{HEADER}{GOOD}{GOOD.replace('kios', 'los')}")
    assert list(found) == ["pasar-kios", "pasar-los"]
    assert (found["pasar-kios"].amount, found["pasar-kios"].period) == (500, "month")


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    (problem,) = _problems(tmp_path, None)
    assert problem.startswith("cities/kota/levies.csv:1: the file is missing")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (GOOD.replace("500", "0"), "amount"),
        (GOOD.replace("500", "12.5"), "amount"),
        (GOOD.replace("month", "weekly"), "period"),
        (GOOD.replace(",14,", ",0,"), "due_days"),
        (GOOD.replace("disdag", "dinsos"), 'agency "dinsos" has no counter'),
        (GOOD.replace("pasar-kios", "Pasar Kios"), "id"),
        (GOOD.replace(",contoh", ""), "8 cells under 9 columns"),
        (f"{GOOD}{GOOD}", '"pasar-kios" is there twice'),
    ],
)
def test_each_mistake_is_named_with_its_line(tmp_path: Path, line: str, what: str) -> None:
    problems = _problems(tmp_path, HEADER + line)
    last = 1 + line.count("\n")
    assert any(problem.startswith(f"cities/kota/levies.csv:{last}: ") and what in problem for problem in problems)
