"""Grading an incident anew, and what that means for its clocks."""
