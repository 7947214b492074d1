"""Transitions: from state to state, by staff, reporter or another pillar's event."""
