"""Redactions: words and photos of a case taken out for good, with a digest in the history."""
