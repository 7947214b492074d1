"""The home and the terms of a city."""
