"""Counting: takes counts of visitors in, many in a commit."""
