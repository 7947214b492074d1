"""Response times: how soon the first unit of a service was there, by day, against the protocol's target."""
