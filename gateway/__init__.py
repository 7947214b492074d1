"""The edge: what is asked over HTTP comes in here, and goes to the pillars over gRPC.

``edge`` lets a request in, ``callers`` knows who asks, ``rest`` and ``portal`` serve it, ``calls`` ask the pillars;
``city``, ``streams``, ``photos`` and ``answers`` are what those work with, ``openapi`` and ``docs`` tell of it.
"""
