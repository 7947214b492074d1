"""For how long the file of a photo that was taken out has stayed in the file store that stays the longest."""

from observability import semconv
from services.governance.photos import store
from services.kit.gauges import age_of

GAUGES = age_of(semconv.FILE_UNERASED_AGE, store.erased_since)
