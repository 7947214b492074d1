"""Datastreams: what a thing measures, in which unit, and how readings are corrected."""
