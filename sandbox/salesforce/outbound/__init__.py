"""What the org sends by itself: Outbound Messages and signed hooks."""

from sandbox.salesforce.outbound.routes import outbound_door

__all__ = ["outbound_door"]
