"""Photos, made safe and stored."""
