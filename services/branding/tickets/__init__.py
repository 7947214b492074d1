"""Tickets: what lets their holders in, and what can be done with one."""
