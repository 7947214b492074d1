"""Money that the acquirer brought: captured, or put into suspense."""
