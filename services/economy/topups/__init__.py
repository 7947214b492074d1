"""Money put on wallets."""
