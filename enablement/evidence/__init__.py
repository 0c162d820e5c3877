"""What content does to deals: the estimates, from arrays alone."""
