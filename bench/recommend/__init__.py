"""Recommendations: what content does to deals, held against planted truth, and whether the list puts the best first."""
