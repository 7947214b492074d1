"""Cashless share and turnover."""
