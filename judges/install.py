"""Install the judges' npm packages, exactly as package-lock.json names them."""

import subprocess
import sys

from judges.stage import HERE, NODE, node_environment

_NPM = NODE.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"

if __name__ == "__main__":
    sys.stdout.write("Installing the judges (once; about a minute)…\n")
    sys.stdout.flush()
    quiet = ("--loglevel=error", "--no-progress")
    done = subprocess.run([NODE, _NPM, "ci", *quiet], cwd=HERE, env=node_environment({}), check=False)
    sys.exit(done.returncode)
