"""Runs the living pillar."""

from services.living.pillar import PILLAR
from services.kit.pillar import run

if __name__ == "__main__":
    run(PILLAR)
