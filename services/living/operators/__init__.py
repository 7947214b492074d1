"""What other operators tell by GTFS Realtime: how late their trips are, and their alerts."""
