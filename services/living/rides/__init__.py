"""Rides: taps on buses, what they cost, and how economy is asked for it until it is paid, once."""
