"""A sample sales organisation: drawn from a seed, loaded over REST, mirrored in Slack."""

from sandbox.world.company import (
    COMPANY,
    COMPETITORS,
    DOMAIN,
    ENABLEMENT,
    OPS,
    PEER,
    PRODUCTS,
    PROTAGONIST,
    PROTAGONIST_MANAGER,
)
from sandbox.world.generate import generate
from sandbox.world.hostile import HOSTILE, HOSTILE_OWNER
from sandbox.world.load import Loaded, load
from sandbox.world.model import Account, Contact, ContentUse, Opportunity, Person, World
from sandbox.world.norfield import NORFIELD, ROLLOUT_NAME
from sandbox.world.org_client import LoadError
from sandbox.world.slack import slack_workspace
from sandbox.world.stages import OPEN_STAGES

__all__ = [
    "COMPANY",
    "COMPETITORS",
    "DOMAIN",
    "ENABLEMENT",
    "HOSTILE",
    "HOSTILE_OWNER",
    "NORFIELD",
    "OPEN_STAGES",
    "OPS",
    "PEER",
    "PRODUCTS",
    "PROTAGONIST",
    "PROTAGONIST_MANAGER",
    "ROLLOUT_NAME",
    "Account",
    "Contact",
    "ContentUse",
    "LoadError",
    "Loaded",
    "Opportunity",
    "Person",
    "World",
    "generate",
    "load",
    "slack_workspace",
]
