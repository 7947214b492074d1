"""Who called 112: sealed, kept apart, shown to dispatchers, every read written down, erased by destroying a key."""
