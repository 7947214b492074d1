"""Counting: what votes come to, and the file by which anybody counts them again. Pure, without the platform."""
