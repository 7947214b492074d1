"""A GTFS feed of a city that has none: made of its profile, and saying of itself what in it is an estimate."""
