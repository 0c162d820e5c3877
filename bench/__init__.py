"""Benchmarks: our figure and the peer's, in one run."""
