"""Tests of the society pillar."""
