"""The acquirers, behind one interface: SNAP BI."""
