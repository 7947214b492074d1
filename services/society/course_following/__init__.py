"""Course following: who is enrolled hears by mail what changes, at an address that its owner has confirmed."""
