"""Inviting: when a case or a payment ends, whoever's it was can judge the service, once and without a name."""
