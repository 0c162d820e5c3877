"""What Salesforce sends by itself: Outbound Messages, signed hooks, and the button that asks."""
