"""Support: those who say "me too", each counted once as far as it can be known."""
