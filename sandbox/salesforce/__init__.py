"""A local org: Salesforce's REST API over real rows, strict and stateful, for trying, tests and demos."""

from sandbox.salesforce.app import create_app
from sandbox.salesforce.config import OrgConfig
from sandbox.salesforce.local_org import BARE_ORG, ORGANIZATION_ID

__all__ = ["BARE_ORG", "ORGANIZATION_ID", "OrgConfig", "create_app"]
