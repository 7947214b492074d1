"""What the feed that is made of a city's profile says of where it is from."""

import csv
import io
import shutil
import zipfile
from pathlib import Path

import pytest

from services.kit.city import City, load_city
from services.kit.city.profile import CITIES
from services.living.making import feed as making
from services.living.making.profile import STOPS, STOPS_OSM, network_of


def attributed(city: City) -> set[str]:
    """Ids of the attributions of a city's feed."""
    network, into = network_of(city), io.BytesIO()
    assert network is not None
    making.write(network, city, 2026, into)
    with zipfile.ZipFile(into) as made:
        rows = csv.DictReader(io.StringIO(made.read("attributions.txt").decode()))
        return {row["attribution_id"] for row in rows}


@pytest.mark.parametrize("left", ["no file", "no row"])
def test_openstreetmap_is_named_where_a_stop_is_from_it_and_nowhere_else(tmp_path: Path, left: str) -> None:
    assert attributed(load_city("semarang")) == {"perkiraan", "osm"}
    folder = tmp_path / "cities" / "semarang"
    shutil.copytree(CITIES / "semarang", folder)
    header, *rows = (folder / STOPS_OSM).read_text(encoding="utf-8").splitlines(keepends=True)
    with (folder / STOPS).open("a", encoding="utf-8") as own:
        own.writelines(f"{row.rsplit(',', 1)[0]},measured by ourselves\n" for row in rows)
    if left == "no file":
        (folder / STOPS_OSM).unlink()
    else:
        (folder / STOPS_OSM).write_text(header, encoding="utf-8")
    assert attributed(load_city("semarang", tmp_path / "cities")) == {"perkiraan"}
