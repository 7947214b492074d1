"""Tests of the made-up history of rides."""
