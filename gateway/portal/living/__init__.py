"""Pages of the living pillar."""
