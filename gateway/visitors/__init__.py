"""Who visits, as far as an address tells, and how much of something one address may hold. Below all else here."""
