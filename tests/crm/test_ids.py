"""Salesforce record ids: nothing else gets into a path or a query."""

import string

import pytest
from hypothesis import assume, given, settings, strategies as st

from crm.ids import NotAnId, sf_id
from sandbox.salesforce.ids import normal_id

seeded = settings(derandomize=True, deadline=None, max_examples=200)
short = st.text(string.ascii_letters + string.digits, min_size=15, max_size=15)
# Pairs of the platform's documentation and of common records.
KNOWN = {
    "001A000001LAp3y": "001A000001LAp3yIAD",
    "0032000001DlOHq": "0032000001DlOHqAAN",
    "000000000000000": "000000000000000AAA",
    "00DAAAAAAAAAAAA": "00DAAAAAAAAAAAA255",
}


@pytest.mark.parametrize("given_id", KNOWN)
def test_known_ids_get_their_known_endings(given_id: str) -> None:
    assert sf_id(given_id) == KNOWN[given_id]


@seeded
@given(short)
def test_an_id_gets_the_ending_that_the_org_gives_it_and_keeps_it(given_id: str) -> None:
    whole = sf_id(given_id)

    assert whole == normal_id(given_id)
    assert sf_id(whole) == whole
    assert whole[:15] == given_id


@seeded
@given(short, st.integers(0, 17), st.sampled_from(string.ascii_letters + string.digits))
def test_one_changed_case_or_ending_is_noticed(given_id: str, place: int, other: str) -> None:
    whole = sf_id(given_id)
    changed = whole[:place] + (other if place >= 15 else whole[place].swapcase()) + whole[place + 1 :]
    assume(changed != whole)

    with pytest.raises(NotAnId):
        sf_id(changed)


@seeded
@given(st.text(max_size=25) | st.text(string.ascii_letters + string.digits, max_size=30))
def test_anything_else_is_refused(text: str) -> None:
    assume(not (text.isascii() and text.isalnum() and len(text) in (15, 18)))

    with pytest.raises(NotAnId):
        sf_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "006000000000001' OR Name != '",
        "../User/005000000000001",
        "//evil.example/steal",
        "http://127.0.0.1:1/steal",
        "006000000000001\n",
        "006000000000001AAA ",
        "００６000000000001",
        "",
    ],
)
def test_what_would_lead_elsewhere_is_refused(text: str) -> None:
    with pytest.raises(NotAnId):
        sf_id(text)
