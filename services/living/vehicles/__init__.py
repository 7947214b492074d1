"""Vehicles of public transport, as their agencies register them."""
