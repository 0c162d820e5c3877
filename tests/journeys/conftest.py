"""One running Touchline with a local Slack and a local Salesforce, for all the journeys."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo import Ports, started
from stack import free_port
from tests.journeys.people import Stack, wait_for


# Not for the session: an idle stack's processes would keep a processor busy for the tests that come after.
@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    ports = Ports(free_port(), free_port(), free_port())
    folder: Path = tmp_path_factory.mktemp("stack")
    # What suits a deal is found by its words: each killed worker would load its model again. `demo --once` has it.
    without_meaning = {"TOUCHLINE_EMBEDDER": "off"}
    with started(ports, folder, say=lambda _: None, extra=without_meaning) as demo:
        yield Stack(demo)


@pytest.fixture
def stack(running: Stack) -> Stack:
    """The stack with all its processes up and no fault ordered."""
    running.peace()
    wait_for(running.all_well, "every process runs")
    return running
