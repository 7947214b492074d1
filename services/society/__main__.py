"""Runs the society pillar."""

from services.society.pillar import PILLAR
from services.kit.pillar import run

if __name__ == "__main__":
    run(PILLAR)
