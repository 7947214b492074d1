"""What happens, as it happens: nudges from the bus, and streams of events to browsers."""
