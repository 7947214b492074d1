"""Bank Contoh, the simulated acquirer of a local platform. It shares no code with the platform it serves."""
