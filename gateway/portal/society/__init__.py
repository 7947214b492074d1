"""Pages of the society pillar."""
