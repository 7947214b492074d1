"""Things: gauges, stations and containers, and where they stand."""
