"""What leaves next at a stop."""
