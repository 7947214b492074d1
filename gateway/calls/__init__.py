"""How pillars are called: their contracts, a channel each, and the signed word on who asks."""
