"""Permit following: a holder is reminded by mail before it ends, at an address that its owner has confirmed."""
