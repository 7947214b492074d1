"""Pages of money: bills and payments, wallets, merchants, the treasury."""
