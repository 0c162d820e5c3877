"""Break the plugin on purpose, one thing at a time, and see which check notices."""
