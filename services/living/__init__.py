"""The living pillar: transport and health."""
