"""Pages of the branding pillar."""
