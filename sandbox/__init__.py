"""A local Slack and a local Salesforce: real HTTP servers for trying, testing and showing."""
