"""The stage: both sandboxes with the product between them."""

from tests.doors import shared_stage, stage

__all__ = ["shared_stage", "stage"]
