"""Whether the cost of a statement stays the same as its tables grow: every statement the platform runs, explained."""
