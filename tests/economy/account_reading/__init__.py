"""Tests of reading whole account numbers."""
