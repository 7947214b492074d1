"""Tests of tills."""
