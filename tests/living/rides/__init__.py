"""Tests of rides."""
