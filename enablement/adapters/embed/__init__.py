"""Embedders: one that is always there, and any service that speaks OpenAI's embeddings API."""
