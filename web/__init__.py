"""The HTTP door: Slack's requests, buyers' links, health."""
