"""Deploy a package: check everything, then take all of it or nothing."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

from lxml.etree import Element

from sandbox.salesforce.clock import as_text, real_time
from sandbox.salesforce.components import remember, remembered, stored
from sandbox.salesforce.deploy.destroy import PATH, erase_rows, shrunk
from sandbox.salesforce.deploy.fields import field_problems, object_problems
from sandbox.salesforce.deploy.metadata_rows import keep_metadata_record
from sandbox.salesforce.deploy.package import (
    BadPackageError,
    Component,
    Failure,
    Package,
    open_package,
)
from sandbox.salesforce.deploy.references import broken_references
from sandbox.salesforce.deploy.target import Target
from sandbox.salesforce.deploy.wsdl import line_of
from sandbox.salesforce.ids import make_id
from sandbox.salesforce.local_org import Org
from sandbox.salesforce.permission_files import keep_permission_file, read_permission_file
from sandbox.salesforce.permissions import open_new_fields
from sandbox.salesforce.schema import Schema
from sandbox.salesforce.sfdx import MetadataError, declared_in, grown


@dataclass(frozen=True)
class Success:
    """A component that was taken."""

    component: Component
    created: bool
    deleted: bool = False


@dataclass
class Deployment:
    """One call of deploy and what came of it; `polls_left` says how often it still claims to be at work."""

    id: str
    user_id: str
    started: str
    options: dict[str, str]
    successes: tuple[Success, ...] = ()
    failures: tuple[Failure, ...] = ()
    error: str = ""
    polls_left: int = 1

    @property
    def succeeded(self) -> bool:
        """Tell whether everything was taken."""
        return not self.failures and not self.error


@dataclass
class Deployments:
    """All deployments of the org."""

    _kept: dict[str, Deployment] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, make: Callable[[str], Deployment]) -> Deployment:
        """Keep a new deployment under the next id."""
        with self._lock:
            deployment = make(make_id("0Af", len(self._kept) + 1))
            self._kept[deployment.id] = deployment
            return deployment

    def get(self, deployment_id: str) -> Deployment | None:
        """Return a deployment, or None."""
        return self._kept.get(deployment_id)


def deploy(org: Org, deployment: Deployment, content: bytes) -> None:
    """Check a package and, unless it is only to be checked, take it into the org."""
    try:
        package = open_package(content)
    except BadPackageError as bad:
        deployment.error = str(bad)
        return
    schema, failures = org.schema, list(package.failures)
    if not failures:  # The rules below count on files that are in form.
        schema, failures = _grown_schema(org.schema, package)
        for component in package.components:
            failures += _rule_failures(component, org.schema)
    if not failures:  # What refers to a broken object would only repeat its failure.
        failures += _broken(org, schema, package)
        schema, refused = shrunk(schema, package.destroyed)
        failures += refused
    deployment.failures = tuple(dict.fromkeys(failures))
    if deployment.failures:
        return
    if deployment.options.get("checkOnly") == "true":
        names = remembered(org.store)
        deployment.successes = tuple(
            Success(each, created=each.name not in names.get(each.kind, ())) for each in package.components
        ) + tuple(_gone(package))
        return
    deployment.successes, deployment.failures = _take(org, schema, package)


def _grown_schema(schema: Schema, package: Package) -> tuple[Schema, list[Failure]]:
    failures: list[Failure] = []
    pending = [each for each in package.components if each.kind == "CustomObject"]
    # An object may refer to one that comes later in the package, so the order is found by trying.
    while pending:
        refused = []
        for component in pending:
            try:
                declared = declared_in(component.name, component.content, component.path)
                schema = grown(schema, [declared])
            except (MetadataError, ValueError, ParseError) as error:
                refused.append(
                    (component, Failure("CustomObject", component.name, component.path, str(error), 1))
                )
        if len(refused) == len(pending):
            failures = [failure for _, failure in refused]
            break
        pending = [component for component, _ in refused]
    return schema, failures


def _rule_failures(component: Component, schema: Schema) -> Iterator[Failure]:
    if component.kind == "CustomField":
        problems = field_problems(component.root)
    elif component.kind == "CustomObject" and component.name.endswith("__c"):
        problems = object_problems(component.root, is_new=schema.find(component.name) is None)
    else:
        return
    for problem in problems:
        yield Failure(component.kind, component.name, component.path, problem, line_of(component.root))


def _broken(org: Org, schema: Schema, package: Package) -> Iterator[Failure]:
    names = {kind: set(found) for kind, found in remembered(org.store).items()}
    for component in package.components:
        names.setdefault(component.kind, set()).add(component.name)
    users = org.schema.get("User")
    target = Target(
        schema,
        {kind: frozenset(found) for kind, found in names.items()},
        package.files,
        roots={(each.kind, each.name): each.root for each in package.components},
        stored=lambda kind, name: stored(org.store, kind, name),
        has_user=lambda name: org.store.find(users, users.fields["username"], name) is not None,
    )
    for component in package.components:
        yield from broken_references(component, target)


def _take(org: Org, schema: Schema, package: Package) -> tuple[tuple[Success, ...], tuple[Failure, ...]]:
    before, stamp = org.schema, as_text(org.clock.stamp())
    successes: list[Success] = []
    try:
        with org.store.transaction():
            for kind, name in package.destroyed:
                erase_rows(org.store, kind, name)
            org.store.adopt(schema)
            for component in package.components:
                is_new = remember(
                    org.store, component.kind, component.name, component.path, component.content, stamp=stamp
                )
                known = component.kind in ("CustomObject", "CustomField") and _is_known(before, component)
                successes.append(Success(component, created=is_new and not known))
                if component.kind == "PermissionSet":
                    file = read_permission_file(component.name, component.content)
                    keep_permission_file(org.store, file, stamp=stamp)
                elif component.kind == "CustomMetadata":
                    keep_metadata_record(org.store, component, stamp=stamp)
            open_new_fields(org.store, stamp=stamp)
    except sqlite3.IntegrityError as error:
        org.store.schema = before
        return (), (Failure("CustomField", "", "", f"the rows of the org do not allow it: {error}"),)
    except BaseException:
        org.store.schema = before
        raise
    org.schema_changes.append(real_time())
    for hear in org.when_deployed:
        hear()
    return (*successes, *_gone(package)), ()


def _gone(package: Package) -> Iterator[Success]:
    for kind, name in package.destroyed:
        yield Success(Component(kind, name, PATH, Element(kind), b""), created=False, deleted=True)


def _is_known(schema: Schema, component: Component) -> bool:
    owner, _, name = component.name.partition(".")
    sobject: Any = schema.find(owner)
    return sobject is not None and (not name or sobject.field(name) is not None)
