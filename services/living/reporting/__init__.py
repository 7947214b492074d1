"""Reporting: positions of vehicles as they come in, many together in one commit."""
