"""Run the local Slack and the local Salesforce: `python -m sandbox`."""

import argparse
import json
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from sandbox import salesforce, slack, stage
from sandbox.slack.from_manifest import read_manifest
from sandbox.slack.server import Server
from sandbox.world import generate, slack_workspace

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Serve both until told to stop."""
    options = _options()
    world = generate(today=datetime.now(UTC).date())
    given = options.workspace
    workspace = json.loads(given.read_text(encoding="utf-8")) if given else slack_workspace(world)
    slack_app = slack.create_app(
        slack.SlackConfig(
            workspace=workspace,
            app_url=options.app_url,
            signing_secret=options.signing_secret,
            bot_token=options.bot_token,
            public_url=f"http://127.0.0.1:{options.slack_port}",
            **options.manifest | _local(options),
        )
    )
    org_app = salesforce.create_app(
        salesforce.OrgConfig(
            database=options.database,
            source=options.source,
            base_url=f"http://127.0.0.1:{options.salesforce_port}",
            client_id=options.client_id,
            client_secret=options.client_secret,
            public_key_pem=options.public_key.read_text(encoding="ascii") if options.public_key else None,
            integration_username=options.integration_username,
        )
    )
    slack_app.register_blueprint(stage.blueprint(f"http://127.0.0.1:{options.salesforce_port}"))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        with (
            Server(slack_app, port=options.slack_port) as one,
            Server(org_app, port=options.salesforce_port) as other,
        ):
            print(f"Slack at {one.url}, Salesforce at {other.url}", flush=True)  # noqa: T201 - what was started
            stop.wait()
    except OSError as error:
        sys.stderr.write(f"The sandbox can't start: {error.strerror or error}. Choose other ports.\n")
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--slack-port", type=int, default=3210)
    parser.add_argument("--salesforce-port", type=int, default=3220)
    parser.add_argument("--app-url", default="http://127.0.0.1:3000", help="where the Slack app listens")
    parser.add_argument("--signing-secret", default="sandbox-signing-secret")
    parser.add_argument("--bot-token", default="xoxb-sandbox")
    parser.add_argument("--client-id", default="sandbox-client")
    parser.add_argument("--client-secret", default="sandbox-secret")
    parser.add_argument("--public-key", type=Path, help="a PEM file that verifies JWT bearer assertions")
    parser.add_argument("--integration-username", default="integration@stowmark.example")
    parser.add_argument(
        "--manifest",
        type=_manifest,
        default={},
        help="the app's manifest, YAML or JSON (default: Touchline's)",
    )
    parser.add_argument(
        "--local-links",
        action="store_true",
        help="links to --app-url and to the local Salesforce are the app's too, which no manifest can say",
    )
    parser.add_argument("--workspace", type=Path, help="a workspace as JSON (default: the sample world's)")
    parser.add_argument("--database", type=Path, help="keep the org in this SQLite file (default: in memory)")
    parser.add_argument(
        "--source", type=Path, default=ROOT / "crm" / "salesforce", help="the SFDX project of the org"
    )
    return parser.parse_args()


def _local(options: argparse.Namespace) -> dict[str, Any]:
    """Return what a manifest can't say of links to programs on this machine."""
    if not options.local_links:
        return {}
    here = (urlsplit(options.app_url).netloc, f"127.0.0.1:{options.salesforce_port}")
    return {"unfurl_domains": (*options.manifest.get("unfurl_domains", ()), *here)}


def _manifest(name: str) -> dict[str, Any]:
    try:
        return read_manifest(Path(name))
    except (OSError, ValueError, yaml.YAMLError) as problem:
        raise argparse.ArgumentTypeError(str(problem)) from problem


if __name__ == "__main__":
    sys.exit(main())
