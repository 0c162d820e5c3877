"""What holds for the project as a whole: one API version, nothing left over, no address or id in metadata."""

import json
import re
from collections.abc import Iterator

from checks.names import Names
from checks.project import META, Finding
from checks.xml import text

_VERSION = re.compile(r"\d+\.0")
_WITH_META = (".cls", ".trigger", ".page", ".component")
_ADDRESS = re.compile(r"https?://[^\s<\"']+")
# The places that the install script fills in, and the names of XML's own languages.
_ALLOWED = re.compile(r"https://touchline\.example\.com(?:/|$)|http://(?:soap\.sforce\.com|www\.w3\.org)/")


def findings(names: Names) -> Iterator[Finding]:
    """Yield what is wrong with the project as a whole."""
    project = names.project
    if not _VERSION.fullmatch(project.api_version):
        yield Finding("sfdx-project.json", f"{project.api_version} is no version of the API")
    for file in project.metadata:
        for element in file.root.iter("apiVersion"):
            if (element.text or "").strip() != project.api_version:
                yield file.finding(f"is for version {element.text}, the project for {project.api_version}")
    for kind in ("cls", "flow", "js"):
        for file in project.of(kind):
            if not text(file.root, "apiVersion"):
                yield file.finding("says no <apiVersion>")
    there = set(project.files)
    for path in project.files:
        if path.suffix in _WITH_META and path.with_name(path.name + META) not in there:
            yield Finding(project.where(path), f"has no {path.name}{META}: a deployment would leave it out")
        code = path.with_name(path.name.removesuffix(META))
        if path.name.endswith(META) and code.suffix in _WITH_META and code not in there:
            yield Finding(project.where(path), f"describes {code.name}, which is not there")
        if path.parent.parent.name == "lwc" and not (path.parent / f"{path.parent.name}.js{META}").is_file():
            yield Finding(project.where(path), f"{path.parent.name} has no {path.parent.name}.js{META}")
    for file in project.of("cls"):
        if text(file.root, "status") != "Active":
            yield file.finding("is not active")
    for where, source in project.code(".xml", ".js", ".html"):
        for address in _ADDRESS.findall(source):
            if not _ALLOWED.match(address) and "__tests__" not in where:
                yield Finding(where, f"holds the address {address}")
    yield from _records(names)
    yield from _credentials(names)
    yield from _scripts(names)


def _records(names: Names) -> Iterator[Finding]:
    for file in names.project.of("md"):
        kind = f"{file.name.partition('.')[0]}__mdt"
        sobject = names.schema.find(kind)
        if sobject is None:
            yield file.finding(f"is a record of {kind}, which does not exist")
            continue
        for value in file.root.iterfind("values"):
            if sobject.field(text(value, "field")) is None:
                yield file.finding(f"fills {text(value, 'field')}, which is no field of {kind}")
        if not text(file.root, "label"):
            yield file.finding("says no <label>")


def _credentials(names: Names) -> Iterator[Finding]:
    for file in names.project.of("namedCredential"):
        used = [text(one, "externalCredential") for one in file.root.iterfind("namedCredentialParameters")]
        for name in filter(None, used):
            if name not in names.project.names("externalCredential"):
                yield file.finding(f"uses the external credential {name}, which does not exist")
        kinds = {text(one, "parameterType") for one in file.root.iterfind("namedCredentialParameters")}
        if not {"Url", "Authentication"} <= kinds or not any(used):
            yield file.finding("names no address or no external credential")
    for file in names.project.of("externalCredential"):
        kinds = {text(one, "parameterType") for one in file.root.iterfind("externalCredentialParameters")}
        if "NamedPrincipal" not in kinds:
            yield file.finding("has no principal: no permission set could open it")


def _scripts(names: Names) -> Iterator[Finding]:
    package = names.project.root / "package.json"
    if not package.is_file():
        return
    said = json.loads(package.read_text("utf-8"))
    for name, version in {**said.get("dependencies", {}), **said.get("devDependencies", {})}.items():
        if not re.fullmatch(r"\d[\w.-]*", version):
            yield Finding("package.json", f"{name} is not pinned: {version}")
