"""Cancellations: orders of what does not take place end unpaid, tickets of it, or of what was given back by hand, are
taken back, and the agency sees what is open.
"""
