"""Contacts: reporters' personal data, encrypted per subject and erased by destroying a key."""
