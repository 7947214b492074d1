"""Tests of concessions."""
