"""Records of photos: those that the gateway stored are shown from then on, and those that are taken back no more."""
