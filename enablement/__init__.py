"""The product: which content helps which deal, what was shared, and what came of it."""
