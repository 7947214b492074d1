"""Visits: how many came where, by day and origin."""
