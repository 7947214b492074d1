"""Who asks: login, bearer tokens, form tokens."""
