"""Routing: which agency gets a complaint and why, suggested and simulated."""
