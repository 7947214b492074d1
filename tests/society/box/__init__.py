"""Tests of box."""
