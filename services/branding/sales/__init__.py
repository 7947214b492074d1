"""Ticket sales: what an agency sells tickets for, their types, and the seats that there are of each."""
