"""Tests of changes of accounts."""
