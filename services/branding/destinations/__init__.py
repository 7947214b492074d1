"""Destinations: places to visit, when they are open, what they cost, and what is not known of them."""
