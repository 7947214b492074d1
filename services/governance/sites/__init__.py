"""Where something of 112 is: a position, a known place, a kelurahan, or words alone."""
