"""Notifications: short mails about a case to those who asked for them."""
