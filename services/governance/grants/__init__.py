"""Grants: what a link in a mail lets its reader do, and what ends it."""
