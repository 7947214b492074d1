"""Pumps: what pump stations can do and do, and the commands that officers send them."""
