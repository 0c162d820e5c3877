"""docs/slack-failures.md is true: its tests and modules exist, no guard is forgotten, what is unused is unused."""

import ast
from functools import cache

import pytest

from tests.ops.installation import ROOT
from tests.ops.slack_guards import REMOVALS, Failure, Removal, failures

FAILURES = failures()
# What the rows that do not apply stand on: none of these words is in the code.
UNUSED = {
    6: ("OAuthSettings", "TokenRotator", "InstallationStore"),
    15: ("startStream", "chat_stream", "say_stream"),
    19: ("scheduleMessage", "chat_scheduleMessage"),
    21: ("client.token =", "app._token", "bolt._token"),
}
# Slack's own classes for the old way of talking to an assistant.
OLD_ASSISTANT = ("import Assistant", "Assistant(")


@cache
def names_in(path: str) -> set[str]:
    parsed = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {one.name for one in ast.walk(parsed) if isinstance(one, ast.FunctionDef)}


def code() -> str:
    parts = ("bot", "enablement", "jobs", "web", "crm")
    modules = [*ROOT.glob("*.py"), *(path for part in parts for path in sorted((ROOT / part).rglob("*.py")))]
    return "\n".join(path.read_text(encoding="utf-8") for path in modules)


def test_every_failure_is_there_once_and_in_order() -> None:
    assert [one.number for one in FAILURES] == list(range(1, 28))
    assert all(one.fails for one in FAILURES)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: str(one.number))
def test_a_failure_has_a_guard_and_tests_or_says_why_it_is_none_here(failure: Failure) -> None:
    missing = [one for one in failure.tests if one.split("::")[1] not in names_in(one.split("::")[0])]

    assert missing == []
    assert [one for one in failure.guards if not (ROOT / one).exists()] == []
    assert bool(failure.tests) == bool(failure.guards)
    assert failure.tests or failure.why_not.startswith("Does not apply: ")


def test_for_every_failure_that_applies_a_guard_is_taken_out() -> None:
    assert {one.number for one in REMOVALS} == {one.number for one in FAILURES if one.tests}
    assert {one.number for one in FAILURES if not one.tests} == set(UNUSED)


@pytest.mark.parametrize("removal", REMOVALS, ids=lambda one: f"{one.number}-{one.path}")
def test_what_is_taken_out_stands_in_the_code_once(removal: Removal) -> None:
    [failure] = [one for one in FAILURES if one.number == removal.number]

    assert (ROOT / removal.path).read_text(encoding="utf-8").count(removal.guard) == 1
    assert removal.guard != removal.without
    assert any(removal.path.startswith(one) for one in failure.guards)


def test_what_is_said_not_to_be_used_is_not_used() -> None:
    written = code()

    words = [word for some in (*UNUSED.values(), OLD_ASSISTANT) for word in some]
    assert [word for word in words if word in written] == []
    assert "token_rotation_enabled: false" in (ROOT / "manifest.yml").read_text(encoding="utf-8")
