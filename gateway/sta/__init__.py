"""The read side of OGC SensorThings API 1.1 at /sta/v1.1, over what the environment pillar tells anyway.

``expressions`` read a ``$filter`` and ``evaluating`` answers it; ``options`` read a query, ``paths`` an address;
``model`` says which entities there are, ``catalogue`` holds those that are few, ``observations`` reads those that are
many, ``answering`` puts them together; ``serving`` is the route.
"""
