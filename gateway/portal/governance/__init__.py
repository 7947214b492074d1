"""Pages of reports: filing, the public case, the officers' work, receipts."""
