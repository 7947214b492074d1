"""Mailing: how much goes to an address, whichever case it is about, and addresses that said stop or bounced."""
