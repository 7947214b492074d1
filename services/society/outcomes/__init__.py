"""Outcomes: what came of surveys, as far as it may be told."""
