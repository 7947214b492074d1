"""Shifts of dispatchers: handed over with what the next one must know, taken over by somebody else."""
