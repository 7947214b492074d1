"""Tests of demo history."""
