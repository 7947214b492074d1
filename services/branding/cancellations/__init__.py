"""Cancellations: tickets of what does not take place are taken back in batches, and the agency sees what is open."""
