"""Incidents of 112: what happened where, graded by the protocol, merged, and closed with a report."""
