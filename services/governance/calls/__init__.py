"""Calls to 112: taken, closed by what they were, called back, filed as a complaint, or told of an incident."""
