"""Signatures: XML documents that the city signs."""
