"""Tests of cancellations."""
