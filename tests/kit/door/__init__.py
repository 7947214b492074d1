"""Who lets in, without a NATS: what it remembers, how it answers, and what it does when others do not."""
