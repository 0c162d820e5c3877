"""Let @slack/web-api judge the local Slack."""

import sys

from judges.slack_stage import local_slack
from judges.stage import node

if __name__ == "__main__":
    with local_slack() as running:
        sys.exit(node("slack_web_api.mjs", running.environment()))
