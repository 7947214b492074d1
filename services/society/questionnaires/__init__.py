"""Questionnaires: what is asked, and what counts as an answer."""
