"""Install the npm packages of the Salesforce plugin, exactly as its package-lock.json names them."""

import subprocess
import sys

from checks.tools import PROJECT, node_environment, node_program

if __name__ == "__main__":
    sys.stdout.write("Installing what checks the Salesforce plugin (once; about a minute)…\n")
    sys.stdout.flush()
    npm = node_program().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quiet = ("--loglevel=error", "--no-progress")
    done = subprocess.run(
        [node_program(), npm, "ci", *quiet], cwd=PROJECT, env=node_environment(), check=False
    )
    sys.exit(done.returncode)
