"""Links: asking for those that act, one of a case by its reporter, or those of all cases of an address."""
