"""The judge of what arrived finds each kind of fault that is planted."""

import pytest

from bench.once import violations

MEANT = {"a": ("deal 1", "x@buyer.example"), "b": ("deal 2", "y@buyer.example")}
ROWS = [("a", "deal 1", "x@buyer.example"), ("b", "deal 2", "y@buyer.example")]


def test_a_faithful_run_has_no_violation() -> None:
    assert violations(MEANT, ROWS) == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (ROWS[:1], ["lost: b"]),
        ([*ROWS, ROWS[0]], ["2 times: a"]),
        ([*ROWS, ("c", "deal 1", "z@buyer.example")], ["nobody meant: c"]),
        ([ROWS[0], ("b", "deal 1", "y@buyer.example")], ["wrong: b on deal 1 for y@buyer.example"]),
        ([ROWS[0], ("b", "deal 2", "x@buyer.example")], ["wrong: b on deal 2 for x@buyer.example"]),
        ([], ["lost: a", "lost: b"]),
    ],
)
def test_a_planted_fault_is_named(rows: list[tuple[str, str, str]], said: list[str]) -> None:
    assert violations(MEANT, rows) == said
