"""The whole wiring of the branding pillar."""

from pathlib import Path

from services.branding.overview import api as overview
from services.kit.pillar import Pillar

PILLAR = Pillar(
    name="branding",
    migrations=Path(__file__).parent / "migrations",
    serves=(overview,),
)
