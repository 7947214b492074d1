"""Runs the environment pillar."""

from services.environment.pillar import PILLAR
from services.kit.process.running import run

if __name__ == "__main__":
    run(PILLAR)
