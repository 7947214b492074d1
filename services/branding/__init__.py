"""The branding pillar: tourism, events and culture."""
