"""What the commands share: where they print, how they fail, and the services they work with."""

from typing import Annotated

import typer
from rich.console import Console

import app as composition
from enablement.ports import Services
from settings import read_settings

out = Console()
err = Console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


# A command loads the embedder's model first.
QUESTION_WITHIN_S = 20.0


class Failed(Exception):
    """A command that can't do what it was asked; the message is for the operator."""


def open_services(*, doors: bool = True) -> Services:
    """Return the services of the settings; `doors`: Slack's and Salesforce's settings are needed."""
    return composition.build(read_settings(doors=doors), question_within_s=QUESTION_WITHIN_S)[0]
