"""Reports that are being written: what was entered and the photos that were chosen, until they are sent or expire."""
