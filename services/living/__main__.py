"""Runs the living pillar."""

from services.kit.process.running import run
from services.living.pillar import PILLAR

if __name__ == "__main__":
    run(PILLAR)
