"""Cancellations: tickets of what does not take place, or was given back by hand, are taken back, and the agency sees
what is open.
"""
