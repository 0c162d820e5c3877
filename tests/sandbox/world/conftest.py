"""A local org on a loopback port, for loading worlds into it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.exceptions import NotFound
from werkzeug.serving import make_server

from sandbox.salesforce import OrgConfig, create_app

SFDX_PROJECT = Path(__file__).parents[3] / "crm" / "salesforce"


@dataclass(frozen=True)
class RunningOrg:
    """Where the org listens and how to sign in."""

    base_url: str
    client_id: str
    client_secret: str


@pytest.fixture(scope="module")
def org() -> Iterator[RunningOrg]:
    """Run an empty org in memory."""
    # The org has to know its address, which is known only once a server has its port.
    server = make_server("127.0.0.1", 0, NotFound(), threaded=True)
    address = f"http://127.0.0.1:{server.port}"
    running = RunningOrg(address, "world-loader", "a secret of this test")
    server.app = create_app(
        OrgConfig(
            database=None,
            source=SFDX_PROJECT,
            base_url=running.base_url,
            client_id=running.client_id,
            client_secret=running.client_secret,
            public_key_pem=None,
            integration_username="integration@stowmark.example",
        )
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield running
    server.shutdown()
    thread.join()
    server.server_close()
