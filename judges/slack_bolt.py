"""Let @slack/bolt judge the local Slack: over HTTP, or, with the word `socket`, over Socket Mode."""

import sys

from judges.slack_stage import local_slack
from judges.stage import node

if __name__ == "__main__":
    over_socket = sys.argv[1:] == ["socket"]
    with local_slack(socket_mode=over_socket) as running:
        way = {"SANDBOX_WAY": "socket" if over_socket else "http"}
        sys.exit(node("slack_bolt.mjs", {**running.environment(), **way}))
