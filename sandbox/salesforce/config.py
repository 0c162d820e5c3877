"""What the local org is told when it starts."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class OrgConfig:
    """Say where the org keeps its rows, what metadata it reads and who may log in."""

    database: Path | None
    """A SQLite file, or None for an org that lives in memory."""
    source: Path
    """The SFDX project whose objects and fields are deployed into the org."""
    base_url: str
    client_id: str
    client_secret: str
    public_key_pem: str | None
    """Verifies JWT bearer assertions; None switches that flow off."""
    integration_username: str
