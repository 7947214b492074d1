"""A city that is another than the first: a copy of Kabupaten Semarang, given what a test asks for."""

import csv
import shutil
from collections.abc import Mapping
from pathlib import Path

from services.kit.city import City, load_city
from services.kit.city.profile import CITIES

CITY = "kabupaten-semarang"
OFFICE = "kab-dpmptsp"
DEMO = """demo = true
complaints = 20
first_day = 2026-11-01
last_day = 2026-11-20
[outcome]
resolved = 0.88
rejected = 0.04
on_time = 0.79
rated = 0.34
ratings = [0.07, 0.09, 0.19, 0.36, 0.29]
[[topics]]
category = "jalan-rusak"
count = 20
texts = ["Jalan di {place} berlubang cukup dalam."]
"""


def permits() -> str:
    """What Kota Semarang says of permits, with an office of this city in place of its agencies; nothing costs a fee."""
    text = (CITIES / "semarang" / "permits.toml").read_text(encoding="utf-8").replace("fee = 50_000\n", "")
    for agency in ("disdag", "dishub"):
        text = text.replace(f'"{agency}"', f'"{OFFICE}"')
    return text


def second_city(root: Path, files: Mapping[str, str] = {}, *, districts: bool = True) -> City:
    """The copy, with these files; with ``districts`` each kecamatan has an office of its own."""
    folder = root / "cities" / CITY
    shutil.copytree(CITIES / CITY, folder)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    if districts:
        _add_districts(folder)
    return load_city(CITY, root / "cities")


def _add_districts(folder: Path) -> None:
    with (folder / "areas.csv").open(encoding="utf-8") as file:
        codes = [row["code"] for row in csv.DictReader(file) if row["level"] == "kecamatan"]
    with (folder / "agencies.csv").open("a", encoding="utf-8") as file:
        for code in codes:
            number = code.rpartition(".")[2]
            file.write(
                f"kec-{number},Kec. {number},Kecamatan {number},District {number},kecamatan,x,x,,{code},memory\n"
            )
    clocks = folder / "clocks.toml"
    text = clocks.read_text(encoding="utf-8")
    clocks.write_text(text.replace('serves = ["opd"]', 'serves = ["opd", "kecamatan"]'), encoding="utf-8")
