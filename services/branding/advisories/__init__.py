"""Advisories: what visitors should know now, by officers, and by themselves from flood warnings and bad air."""
