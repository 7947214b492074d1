"""The whole wiring of the society pillar."""

from pathlib import Path

from services.kit.pillar import Pillar
from services.society.overview import api as overview

PILLAR = Pillar(
    name="society",
    migrations=Path(__file__).parent / "migrations",
    serves=(overview,),
)
