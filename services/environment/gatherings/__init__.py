"""Gatherings: where people of a city event have been, and a waste round is asked for on the day after."""
