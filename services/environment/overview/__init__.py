"""The pillar's section of the city home."""
