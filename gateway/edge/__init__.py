"""What every request passes on its way in and out: admission, limits, headers, login."""
