"""Supporting: those who stand behind a proposal, each counted once as far as it can be known."""
