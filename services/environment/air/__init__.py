"""The air index (ISPU) of each station, by the hour."""
