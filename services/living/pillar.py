"""The whole wiring of the living pillar."""

from pathlib import Path

from services.kit.pillar import Pillar
from services.living.overview import api as overview

PILLAR = Pillar(
    name="living",
    migrations=Path(__file__).parent / "migrations",
    serves=(overview,),
)
