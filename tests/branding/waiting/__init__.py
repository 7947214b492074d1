"""Tests of waiting rooms."""
