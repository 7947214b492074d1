"""Tests of following proposals."""
