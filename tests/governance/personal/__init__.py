"""Tests of what is kept by a login."""
