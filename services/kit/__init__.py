"""What every pillar stands on. The kit knows no pillar."""
