"""Tests of own data."""
