"""Let jsforce judge the local org."""

import sys

from judges.stage import node, sandbox

if __name__ == "__main__":
    with sandbox() as running:
        sys.exit(node("org_jsforce.mjs", running.environment()))
