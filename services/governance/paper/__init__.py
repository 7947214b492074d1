"""Paper forms for when the platform is away: numbers reserved beforehand, entered later in their order."""
