"""Runs the governance pillar."""

from services.governance.pillar import PILLAR
from services.kit.process.running import run

if __name__ == "__main__":
    run(PILLAR)
