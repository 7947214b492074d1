"""Mentions: names and numbers of who called 112, taken out of what dispatchers wrote once the caller is erased."""
