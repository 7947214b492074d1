"""Consents: what people agree to, given and withdrawn, for one purpose each."""
