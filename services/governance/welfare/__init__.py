"""What nobody should have to remember: units that are silent are asked, and clocks that run out are told."""
