"""What the contracts say of the edge, proved for every route there is: a new noun is proved from its first day."""
