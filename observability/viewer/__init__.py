"""The local trace viewer: takes OTLP, shows waterfalls and the story of a case. Start it with
``python -m observability.viewer``.

It stands in for Collector, Jaeger and Grafana on one machine. It keeps the newest spans only and forgets the rest.
"""
