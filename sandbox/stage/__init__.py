"""The page that shows both at once: Slack on the left, the Opportunity on the right."""

from pathlib import Path

from flask import Blueprint, Response, render_template, request

_HERE = Path(__file__).parent


def blueprint(salesforce_url: str) -> Blueprint:
    """Return the page's route, to be served beside the local Slack."""
    routes = Blueprint("stage", __name__, template_folder=str(_HERE))

    @routes.get("/demo")
    def demo() -> str | Response:
        """Show a person's Slack at a channel, and one Opportunity."""
        return render_template(
            "stage.html",
            user=request.args.get("as", ""),
            channel=request.args.get("channel", ""),
            opportunity=request.args.get("opportunity", ""),
            salesforce_url=salesforce_url,
        )

    return routes
