"""What the commands share: where they print, how they fail, and the services they work with."""

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

import app as composition
from enablement.ports import Services
from settings import Settings, read_settings

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


def record_url(settings: Settings, deal_id: str) -> str:
    """Return the address of a deal in Salesforce; empty without a deal, or where the org's is not set."""
    return (
        deal_id
        and settings.salesforce_url
        and f"{settings.salesforce_url}/lightning/r/Opportunity/{deal_id}/view"
    )


def say(text: str, *, style: str = "") -> None:
    """Print a text as it is: not broken into lines, so that an address in it can be clicked."""
    out.print(escape(text), style=style, highlight=False, soft_wrap=True)
