"""The society pillar: education, participation and community."""
