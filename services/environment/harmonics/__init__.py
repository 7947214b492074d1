"""Harmonics: what moon and sun do to a gauge, fitted to its own hours and carried on, in a process of its own."""
