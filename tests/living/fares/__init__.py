"""Tests of fares."""
