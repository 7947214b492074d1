"""GTFS feeds as the pillar knows them: which is current, what is in it, and how one takes another's place."""
