"""Clients that nobody here wrote judge the local Slack and the local Salesforce."""
