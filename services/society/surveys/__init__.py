"""Surveys: what an agency asks, from when until when, and what came of it."""
