"""Grafana dashboards, and the module that makes them."""
