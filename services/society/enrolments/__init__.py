"""Enrolments: people take part in a course, and give their seat back."""
