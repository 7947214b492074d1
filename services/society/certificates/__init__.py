"""Certificates: a number for who attended enough, which anybody can verify."""
