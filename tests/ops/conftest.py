"""One local Slack and one local org for all, and an installation of its own for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ops.installation import (
    CLIENT_SECRET,
    SIGNING_SECRET,
    SLACK_TOKEN,
    Installation,
    local_org,
    local_slack,
)


@pytest.fixture(scope="session")
def slack_api() -> Iterator[str]:
    with local_slack() as url:
        yield url


@pytest.fixture(scope="session")
def org_url() -> Iterator[str]:
    with local_org() as url:
        yield url


@pytest.fixture
def installation(slack_api: str, org_url: str, migrated_sqlite: Path, tmp_path: Path) -> Installation:
    """Return an installation where nothing is wrong."""
    made = Installation(
        {
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_BOT_TOKEN": SLACK_TOKEN,
            "SLACK_API_URL": slack_api,
            "SALESFORCE_URL": org_url,
            "SALESFORCE_CLIENT_ID": "touchline",
            "SALESFORCE_CLIENT_SECRET": CLIENT_SECRET,
            "TOUCHLINE_DATA": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path / 'touchline.db'}",
            "PUBLIC_URL": "https://touchline.example.com",
        },
        tmp_path,
    )
    shutil.copy(migrated_sqlite, made.database)
    made.add_to_library("Pricing")
    return made
