"""Corrections: what anybody says is wrong about a facility, and what an officer of its agency makes of it."""
