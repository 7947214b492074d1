"""GTFS Schedule: an archive is read and checked as the canonical validator does it. No database."""
