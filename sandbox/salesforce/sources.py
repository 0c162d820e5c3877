"""Where an SFDX project keeps its source."""

import json
from pathlib import Path

_PROJECT = "sfdx-project.json"


def package_directories(project: Path) -> list[Path]:
    """Return the folders that a project names as its packages; the folder itself when it is no project."""
    described = project / _PROJECT
    if not described.exists():
        return [project]
    named = json.loads(described.read_text(encoding="utf-8"))["packageDirectories"]
    return [project / each["path"] for each in named]


def source_files(project: Path, pattern: str) -> list[Path]:
    """Return the paths in a project's packages that meet a pattern of `Path.glob`, in order."""
    return sorted(path for folder in package_directories(project) for path in folder.glob(pattern))
