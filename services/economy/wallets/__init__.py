"""Citizens' closed-loop wallets."""
