"""The tide of the next 48 hours at each tide gauge, and when it would flood. It raises no warning."""
