"""A small project that is whole, for tests to plant defects in."""

from pathlib import Path

import pytest

from checks.references import rights
from tests.checks import small_project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a project in which the checks find nothing."""
    # What each permission set may do is decided for the plugin; this project has a set of its own.
    monkeypatch.setattr(rights, "DECIDED", small_project.DECIDED)
    monkeypatch.setattr(rights, "_CUSTOM", small_project.DECIDED_PERMISSIONS)
    return small_project.write(tmp_path / "salesforce")
