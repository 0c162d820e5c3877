"""What every embedder is spared: endless texts, and halves of characters."""

# In characters: what stands further down a page is told by its sentences. Four times as much takes four times as long.
LONGEST = 2_000


def bearable(text: str) -> str:
    """Return a text that can be encoded, cut to `LONGEST` characters."""
    return text[:LONGEST].encode("utf-8", "replace").decode("utf-8")
