"""The Metadata API: deploy packages of metadata into the org."""

from sandbox.salesforce.deploy.soap import metadata_door

__all__ = ["metadata_door"]
