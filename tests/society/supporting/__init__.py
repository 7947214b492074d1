"""Tests of supporting proposals."""
