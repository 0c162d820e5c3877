"""Learning from deals, with plain values and stores of the tests."""
