"""Answering: an answer is counted, and nothing of it is kept."""
