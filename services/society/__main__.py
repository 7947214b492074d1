"""Runs the society pillar."""

from services.kit.process.running import run
from services.society.pillar import PILLAR

if __name__ == "__main__":
    run(PILLAR)
