"""Keys of tickets: links without a login, sealed names, signatures."""
