"""The fields that crm/salesforce declares and those that the code writes and reads are the same."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import get_args
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from crm import assets, copies_check, opportunity_fields, plugin, reconcile, suggestions, touches
from crm.check import TOUCH_FIELDS
from enablement.governance import State
from enablement.model import Audience, CrmUser, DealSummary, Reason, Recommended, Touch, TouchKind, key
from enablement.recommend import WEIGHTS
from tests.builders import NOW, asset, share
from tests.doors import PROJECT

NAMESPACE = {"sf": "http://soap.sforce.com/2006/04/metadata"}
TEXTS, LONG = {"Text", "LongTextArea", "Url"}, "x" * 9000
DEAL = "006Hs0000000001IAA"
# Of what Salesforce itself gives every object.
OWN = {"Id", "Name"}
# Declared, and neither written nor read by the code: each with the reason.
LEFT_ALONE: Mapping[str, str] = {}


def declared(name: str) -> dict[str, Element]:
    """Return the fields of an object as the metadata declares them, of all packages together."""
    paths = PROJECT.glob(f"*/main/default/objects/{name}/fields/*.field-meta.xml")
    return {path.name.split(".")[0]: fromstring(path.read_bytes()) for path in paths}


def says(field: Element, name: str) -> str:
    return field.findtext(f"sf:{name}", "", NAMESPACE)


def values(field: Element) -> set[str]:
    """Return the values of a picklist."""
    found = field.iterfind(".//sf:valueSetDefinition/sf:value", NAMESPACE)
    return {node.findtext("sf:fullName", "", NAMESPACE) for node in found}


@dataclass(frozen=True)
class Written:
    """What the code writes of an object: rows with everything as long as it gets, and the values of picklists."""

    rows: tuple[Mapping[str, object], ...]
    values: Mapping[str, set[str]]


def made(name: str) -> Written:
    """Return what is written of an object."""
    if name == assets.OBJECT:
        whole = asset(
            LONG,
            id=key("a"),
            kind="k" * 80,
            language="l" * 20,
            version=999_999,
            url="https://x.example/" + "y" * 237,
            review_every_days=30,
            expires=NOW.date(),
        )
        rows = [assets.to_row(whole, on=NOW.date())]
        return Written(
            tuple(rows),
            {"Audience__c": set(assets.AUDIENCES.values()), "Status__c": set(assets.STATUSES.values())},
        )
    if name == suggestions.OBJECT:
        reasons = tuple(Reason(kind, (LONG[:200],)) for kind in WEIGHTS)
        shown = [
            Recommended(DEAL, rank, key("a"), "v", 0.9, reasons, LONG, "from", NOW)
            for rank in range(1, suggestions.MOST + 1)
        ]
        return Written(tuple(suggestions.to_rows(shown)), {})
    if name == touches.OBJECT:
        one = Touch(key("t"), "shared", key("a"), "v", DEAL, LONG, LONG, LONG, key("s"), NOW)
        actor = CrmUser("005Hs0000000001IAA", LONG, LONG, None, is_active=True)
        row = touches.to_row(
            one,
            asset=asset(LONG, id=key("a")),
            version=999_999,
            actor=actor,
            share=share(recipient_name=LONG),
            is_linked=True,
        )
        return Written((row,), {"Kind__c": set(touches.KINDS.values())})
    summary = DealSummary(DEAL, 99_999, NOW, "a")
    return Written((opportunity_fields.to_row(summary, {"a": LONG}),), {})


def read(name: str) -> set[str]:
    """Return the fields that the code asks for of an object."""
    whole = {
        assets.OBJECT: copies_check._ASSETS,
        suggestions.OBJECT: copies_check._SUGGESTIONS,
        touches.OBJECT: f"SELECT {', '.join((*reconcile._FIELDS, touches.LOOKUP, touches.EXTERNAL_ID))} FROM",
    }
    found = re.match(r"SELECT (.+) FROM", whole[name])
    assert found
    return {column(one) for one in found[1].split(", ")}


def column(name: str) -> str:
    """Return the field behind a name: a parent that is named by its key is its lookup."""
    parent, _, _ = name.rpartition(".")
    return parent.removesuffix("__r") + "__c" if parent else name


OURS = (assets.OBJECT, suggestions.OBJECT, touches.OBJECT)
ALL = (*OURS, opportunity_fields.OBJECT)


@pytest.mark.parametrize("name", ALL)
def test_every_field_that_is_written_is_declared_and_every_one_declared_is_written(name: str) -> None:
    written = {column(field) for row in made(name).rows for field in row} - OWN

    assert written <= set(declared(name))
    assert set(declared(name)) - written == {
        field for field in declared(name) if f"{name}.{field}" in LEFT_ALONE
    }


@pytest.mark.parametrize("name", OURS)
def test_every_field_that_is_read_is_declared(name: str) -> None:
    assert read(name) - OWN <= set(declared(name))


@pytest.mark.parametrize("name", ALL)
def test_every_cell_is_of_its_fields_kind_and_fits_into_it(name: str) -> None:
    fields = declared(name)
    for row in made(name).rows:
        for path, cell in row.items():
            if column(path) in OWN:
                continue
            field = fields[column(path)]
            assert cell is not None, f"{path}: the row here is to be whole"
            assert misfit(field, path, cell) == "", path


def misfit(field: Element, path: str, cell: object) -> str:
    """Say what keeps a cell from being one of its field; empty when nothing does."""
    kind = says(field, "type")
    if kind in TEXTS:
        longest = int(says(field, "length") or 255)
        return "" if isinstance(cell, str) and len(cell) <= longest else "too long, or no text"
    if kind == "Number":
        digits = int(says(field, "precision")) - int(says(field, "scale"))
        return "" if isinstance(cell, int) and len(str(cell)) <= digits else "too large, or no number"
    if kind == "Date":
        return "" if date.fromisoformat(str(cell)) else "no day"
    if kind == "DateTime":
        return "" if datetime.fromisoformat(str(cell)).tzinfo is not None else "no moment"
    if kind == "Picklist":
        return "" if cell in values(field) else "no value of the picklist"
    if kind in ("Lookup", "MasterDetail"):
        key_of_parent = path.rpartition(".")[2] if "." in path else ""
        if not key_of_parent:
            return "" if re.fullmatch(r"00[56]\w{15}", str(cell)) else "no record id"
        parent = declared(says(field, "referenceTo"))[key_of_parent]
        return "" if says(parent, "externalId") == "true" else "the parent has no such external id"
    return f"nothing is known of the type {kind}"


@pytest.mark.parametrize("name", OURS)
def test_picklists_have_just_the_values_that_are_written(name: str) -> None:
    declares = {
        field: values(element)
        for field, element in declared(name).items()
        if says(element, "type") == "Picklist"
    }

    assert declares == made(name).values


def test_every_state_and_audience_and_every_kind_of_touch_but_ours_has_a_value() -> None:
    assert set(touches.KINDS) == set(get_args(TouchKind)) - {"opened"}
    assert set(assets.STATUSES) == set(get_args(State))
    assert set(assets.AUDIENCES) == set(get_args(Audience))


@pytest.mark.parametrize("name", OURS)
def test_external_references_are_unique_external_ids_that_tell_case_apart(name: str) -> None:
    field = declared(name)[touches.EXTERNAL_ID]

    assert [says(field, mark) for mark in ("externalId", "unique", "caseSensitive")] == ["true"] * 3


@pytest.mark.parametrize("name", OURS)
def test_what_is_required_is_always_written(name: str) -> None:
    required = {
        field
        for field, element in declared(name).items()
        if says(element, "required") == "true" or says(element, "type") == "MasterDetail"
    }

    for row in bare(name):
        assert required <= {column(path) for path, cell in row.items() if cell not in (None, "")}


def bare(name: str) -> list[Mapping[str, object]]:
    """Return rows with as little in them as there can be."""
    if name == assets.OBJECT:
        return [dict(assets.to_row(asset(" ", kind="", language=""), on=NOW.date()))]
    if name == suggestions.OBJECT:
        return [
            dict(one) for one in suggestions.to_rows([Recommended(DEAL, 1, "a", "v", 0.0, (), "", "", NOW)])
        ]
    one = Touch(key("t"), "presented", key("a"), "v", DEAL, "", "", "", "", NOW)
    return [dict(touches.to_row(one, asset=asset("T"), version=1, actor=None, share=None))]


@pytest.mark.parametrize("name", OURS)
def test_what_is_looked_for_in_an_org_is_what_is_written(name: str) -> None:
    written = {column(path) for row in made(name).rows for path in row}

    assert set(plugin.NEEDED[name]) == ({touches.LOOKUP_FIELD} if name == touches.OBJECT else written)
    assert set(TOUCH_FIELDS) | {touches.LOOKUP_FIELD} >= written or name != touches.OBJECT


@pytest.mark.parametrize("name", ALL)
def test_the_permission_set_lets_all_that_be_written(name: str) -> None:
    package = "deal-summary" if name == opportunity_fields.OBJECT else "force-app"
    [path] = sorted((PROJECT / package / "main/default/permissionsets").glob(INTEGRATION[package]))
    granted = editable(path)
    # Required fields and masters are always editable; Salesforce refuses to deploy permissions for them.
    optional = {
        f"{name}.{field}"
        for field, element in declared(name).items()
        if says(element, "required") != "true" and says(element, "type") != "MasterDetail"
    }

    assert optional - granted == set()


INTEGRATION = {
    "force-app": "Touchline_Integration.permissionset-meta.xml",
    "deal-summary": "Touchline_Deal_Summary.permissionset-meta.xml",
}


def editable(path: Path) -> set[str]:
    return {
        says(one, "field")
        for one in fromstring(path.read_bytes()).iterfind("sf:fieldPermissions", NAMESPACE)
        if says(one, "editable") == "true"
    }
