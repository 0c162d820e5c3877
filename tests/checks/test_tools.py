"""What the programs print is read as findings; one that falls over is told from one that finds nothing."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from checks import tools
from checks.project import Finding, Project
from checks.tools import Done, ToolFailed
from tests.checks.small_project import CLASSES, FLOW, LWC, MAIN

PANEL = f"{CLASSES}/Panel.cls"


class Program:
    """Stands for the programs: keeps what they were asked and prints what it was told to."""

    def __init__(self, code: int = 0, out: str = "", err: str = "") -> None:
        self.done = Done("program", code, out, err)
        self.asked: list[str] = []
        self.written: dict[str, str] = {}

    def __call__(self, command: list[str | Path], root: Path, name: str) -> Done:
        self.asked = [str(part) for part in command]
        for path in (part.removeprefix("--outputFile=") for part in self.asked):
            if path.endswith(("answered.json", "said.json")) and self.written:
                Path(path).write_text(self.written[Path(path).name], "utf-8")
        return self.done


@pytest.fixture
def small(project: Path) -> Project:
    return Project(project)


def run(monkeypatch: pytest.MonkeyPatch, program: Program) -> Program:
    monkeypatch.setattr(tools, "_run", program)
    monkeypatch.setattr(tools, "node_program", lambda: Path("node"))
    monkeypatch.setattr(tools, "java_program", lambda: Path("java"))
    return program


def test_apex_ls(small: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def issue(category: str, message: str) -> dict[str, Any]:
        start = {"line": 4, "offset": 2}
        return {"category": category, "message": message, "start": start, "end": start}

    said = {
        "files": [
            {
                "path": str(small.root / PANEL),
                "messages": [issue("Missing", "No type declaration found for 'Nota__c'")],
            },
            {
                "path": str(small.root / CLASSES / "PanelTest.cls"),
                "messages": [issue("Unused", "Unused method")],
            },
        ]
    }
    run(monkeypatch, Program(4, json.dumps(said)))

    assert tools.apex_ls(small) == [Finding(PANEL, "line 4: No type declaration found for 'Nota__c'")]


def test_pmd(small: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    place = {"file": str(small.root / PANEL), "startLine": 7, "startColumn": 1}
    violation = {"rule": "ApexCRUDViolation", "message": "Validate CRUD", "codeLocation": place}
    broken = {"file": "Tell.cls", "message": "cannot be parsed"}
    program = run(monkeypatch, Program())
    program.written = {"answered.json": json.dumps({"violations": [violation], "processingErrors": [broken]})}

    assert tools.pmd(small) == [
        Finding("Tell.cls", "cannot be parsed"),
        Finding(PANEL, "line 7: ApexCRUDViolation: Validate CRUD"),
    ]


def test_pmd_that_answers_nothing_fell_over(small: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch, Program(1, err="Exception in thread main"))

    with pytest.raises(ToolFailed, match=r"PMD ended with 1:\nException in thread main"):
        tools.pmd(small)


def test_flow_scanner(small: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [{"file": str(small.root / FLOW), "rule": "InactiveFlow", "text": "attribute status"}]
    program = run(monkeypatch, Program(out=json.dumps(found)))

    assert tools.flow_scanner(small) == [Finding(FLOW, "InactiveFlow: attribute status")]
    assert program.asked[-1] == str(small.root / FLOW)


def test_eslint(small: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    script = f"{LWC}/panel/panel.js"
    messages = [{"line": 3, "message": "'read' is defined but never used."}, {"message": "Parsing error"}]
    said = [
        {"filePath": str(small.root / script), "messages": messages},
        {"filePath": str(small.root / f"{LWC}/line/line.js"), "messages": []},
    ]
    run(monkeypatch, Program(1, json.dumps(said)))

    assert tools.eslint(small) == [
        Finding(script, "line 3: 'read' is defined but never used."),
        Finding(script, "line 0: Parsing error"),
    ]


def test_prettier(small: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = f"{LWC}/panel/panel.js"
    err = f"[error] {broken}: SyntaxError: Unexpected token (3:1)\n[error]   1 | import\n[error] > 3 | }}\n"
    run(monkeypatch, Program(2, f"{PANEL}\n", err))

    assert tools.prettier(small) == [
        Finding(PANEL, "is not formatted: run prettier --write"),
        Finding(broken, "prettier cannot read it: SyntaxError: Unexpected token (3:1)"),
    ]


def test_prettier_that_names_no_file_fell_over(small: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch, Program(2, err="[error] Cannot find package 'prettier-plugin-apex'\n"))

    with pytest.raises(ToolFailed, match="Cannot find package"):
        tools.prettier(small)


def test_jest(small: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    fails, breaks = f"{LWC}/panel/__tests__/panel.test.js", f"{LWC}/line/__tests__/line.test.js"
    suites = [
        {
            "name": str(small.root / fails),
            "status": "failed",
            "message": "● states › empty",
            "assertionResults": [
                {"fullName": "states empty", "status": "failed"},
                {"fullName": "states full", "status": "passed"},
            ],
        },
        {
            "name": str(small.root / breaks),
            "status": "failed",
            "message": "\n  ● Test suite failed to run\n\n    Cannot find module",
            "assertionResults": [],
        },
    ]
    program = run(monkeypatch, Program(1))
    program.written = {"said.json": json.dumps({"testResults": suites})}

    assert tools.jest(small) == [
        Finding(fails, "fails: states empty"),
        Finding(breaks, "does not run: ● Test suite failed to run"),
    ]


def test_jest_that_writes_nothing_fell_over(small: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch, Program(1, err="Validation Error: preset not found"))

    with pytest.raises(ToolFailed, match="preset not found"):
        tools.jest(small)


def test_jest_is_not_asked_where_there_are_no_tests(small: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for test in (small.root / MAIN).rglob("*.test.js"):
        test.unlink()
    run(monkeypatch, Program(1, err="No tests found"))

    assert tools.jest(Project(small.root)) == []


@pytest.mark.parametrize("step", [tools.apex_ls, tools.flow_scanner, tools.eslint])
def test_what_is_no_data_is_a_tool_that_fell_over(
    small: Project, monkeypatch: pytest.MonkeyPatch, step: Any
) -> None:
    run(monkeypatch, Program(2, "Oops: not data", ""))

    with pytest.raises(ToolFailed, match="ended with 2:\nOops: not data"):
        step(small)


def test_a_program_that_does_not_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, timeout: float, **__: object) -> None:
        raise subprocess.TimeoutExpired("node", timeout)

    monkeypatch.setattr(subprocess, "run", never)
    monkeypatch.setattr(tools, "node_environment", dict)

    with pytest.raises(ToolFailed, match="eslint did not end within 300 s"):
        tools._run(["node"], tmp_path, "eslint")


def test_a_program_runs_in_the_project_and_its_end_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "node_environment", lambda: {"PATH": "/usr/bin:/bin"})

    done = tools._run(["sh", "-c", "pwd; echo wrong >&2; exit 3"], tmp_path, "shell")

    assert (done.code, done.out.strip(), done.err.strip()) == (3, str(tmp_path.resolve()), "wrong")


def test_a_package_that_is_missing_is_named() -> None:
    with pytest.raises(ToolFailed, match="no_such_wheel is not installed: run make"):
        tools._inside("no_such_wheel", "bin/x")
