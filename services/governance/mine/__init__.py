"""Mine: the cases that somebody reported or joined, by their login or by an address that they read the mail of."""
