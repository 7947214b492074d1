"""Kinds of permits: what each needs, who checks and decides, how long the city may take, as its profile says."""
