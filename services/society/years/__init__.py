"""Years: satisfaction with all agencies together, as sums that are kept."""
