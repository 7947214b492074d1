"""Signatories: who signs papers for officials, by adapters."""
