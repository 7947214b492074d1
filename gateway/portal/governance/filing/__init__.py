"""Filing a report in three screens: what, where, check and send."""
