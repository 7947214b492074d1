"""HTTP that we ask others for."""
