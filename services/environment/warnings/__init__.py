"""Warnings of floods and tidal floods: proposed, in force, ended; each step published as a CAP message."""
