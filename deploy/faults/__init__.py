"""Faults that an operator switches on and off on a local platform, to practise with alerts and traces."""
