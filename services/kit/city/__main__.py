"""Check a profile in full: `python -m services.kit.city semarang`. Also finds polygons that cross themselves."""

import sys

from services.kit.city import CityError, load_city


def check(name: str) -> list[str]:
    """Return everything that is wrong with the profile `name`, one line each."""
    try:
        city = load_city(name)
        city.demo()
    except CityError as error:
        return [str(problem) for problem in error.problems]
    return [f"cities/{name}/areas.geojson: {code} crosses itself; redraw it" for code in city.invalid_polygons()]


if __name__ == "__main__":
    found = [line for name in sys.argv[1:] for line in check(name)]
    sys.stderr.writelines(f"{line}\n" for line in found)
    sys.exit(1 if found else 0)
