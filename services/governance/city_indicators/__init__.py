"""City indicators: what the city wants to be measured by, from its profile, and what events let us count."""
