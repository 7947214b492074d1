"""Subscriptions: warnings of some kelurahan by mail, to addresses whose owners have confirmed them."""
