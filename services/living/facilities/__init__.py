"""Facilities: health, libraries, wifi: where they are, when they are open, and what is not known of them."""
