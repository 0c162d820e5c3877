"""The Slack door: requests in, messages out."""
