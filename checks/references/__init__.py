"""Follow every name in the project to what it names."""

from checks.names import Names
from checks.project import Finding, Project
from checks.references import (
    apex,
    components,
    exchanged,
    flows,
    labels,
    objects,
    pages,
    permissions,
    reports,
    rights,
    translations,
    whole,
)

_RULES = (
    objects.findings,
    pages.findings,
    permissions.findings,
    rights.findings,
    apex.findings,
    exchanged.findings,
    components.findings,
    flows.findings,
    labels.findings,
    translations.findings,
    reports.findings,
    whole.findings,
)


def findings(project: Project) -> list[Finding]:
    """Return every reference that leads nowhere, and what is missing or said twice."""
    names = Names(project)
    return sorted({*names.broken, *(found for rule in _RULES for found in rule(names))})
