"""Tests of news of courses by mail."""
