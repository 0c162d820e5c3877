"""How well and how fast pages are found: judged collections, measures, peers, a large library."""
