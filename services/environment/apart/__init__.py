"""What takes long, apart from the pillar: in a process of its own that is bounded, polite and can be killed."""
