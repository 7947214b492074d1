"""Bodies of requests: what a route takes, how much of it, and how much may lie in memory at once."""
