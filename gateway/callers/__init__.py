"""Who asks: identity provider, bearer tokens, login sessions, and how much each may do."""
