"""Whether residents of a city take part in what it decides: ``participation.toml`` of its profile."""

from services.kit.city import City


def participates(city: City) -> bool:
    """Whether it has processes that residents take part in."""
    return (city.folder / "participation.toml").exists()
