"""Inviting: when a case, a payment or a permit ends, whoever's it was can judge the service once, without a name."""
