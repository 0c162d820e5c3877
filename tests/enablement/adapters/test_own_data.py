"""Somebody's own deals in CSV files become the same study as deals of a CRM; what is wrong in them is named."""

from pathlib import Path

import pytest

from enablement.adapters.own_data import BadData, history_in
from enablement.evidence.study import Study
from enablement.learning import study_of

DEALS = """id,account,created,closed,won,industry,products,amount,currency
1,Norfield,2026-01-10,2026-03-01,true,Retail,Dock; Yard,1000,EUR
2,Norfield,2026-01-12T09:30:00Z,2026-02-01T10:00:00+02:00,no,,,,
3,,2026-02-01,,,Mining,,,
"""
STAGES = """deal,stage,at
1,Discovery,2026-01-10
1,Proposal,2026-02-01
2,Discovery,2026-01-12
3,Proposal,2026-02-20
3,Discovery,2026-02-01
"""
USES = """deal,asset,at
1,deck,2026-02-10
1,deck,2026-01-20
2,sheet,2026-01-20T12:00:00
9,deck,2026-01-20
"""
LOTS = """deal,asset,shown,chance,at
1,deck,1,0.5,2026-01-15
2,deck,0,0.25,2026-01-15
"""
FILES = {"deals.csv": DEALS, "stages.csv": STAGES, "uses.csv": USES, "lots.csv": LOTS}


def study(folder: Path, **changed: str) -> Study:
    """Read four files, some of them changed (`deals="…"`)."""
    for name, text in (FILES | {f"{name}.csv": text for name, text in changed.items()}).items():
        (folder / name).write_text(text, encoding="utf-8-sig")
    return study_of(history_in(folder))


def test_four_files_become_a_study(tmp_path: Path) -> None:
    found = study(tmp_path)

    assert found.deals.tolist() == ["1", "2", "3"]
    assert found.accounts.tolist() == ["Norfield", "Norfield", "3"]
    assert found.won.tolist() == [True, False, False]
    assert found.stages == ("Discovery", "Proposal")
    assert list(zip(found.stay_deal.tolist(), found.stay_stage.tolist(), strict=True)) == [
        (0, 0),
        (0, 1),
        (1, 0),
        (2, 0),
        (2, 1),
    ]
    assert [str(found.assets[place]) for place in found.use_asset] == ["deck", "sheet"]
    assert found.segments["product"].tolist() == ["Dock", "", ""]
    assert found.segments["industry"].tolist() == ["Retail", "", "Mining"]
    assert (found.lot_shown.tolist(), found.lot_chance.tolist()) == ([True, False], [0.5, 0.25])


def test_what_has_an_hour_is_told_to_the_hour(tmp_path: Path) -> None:
    found = study(tmp_path)

    hours = (found.ended[1] - found.begun[1]) * 24
    assert hours == pytest.approx(20 * 24 - 1.5)
    assert found.ended[2] != found.ended[2]


def test_stages_and_lots_may_lack(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text(DEALS)
    (tmp_path / "uses.csv").write_text(USES)

    found = study_of(history_in(tmp_path))

    assert (found.stages, found.stay_deal.tolist()) == (("open",), [0, 1, 2])
    assert (len(found.lot_deal), len(found.use_deal)) == (0, 2)


def test_stages_are_in_the_order_that_the_file_says(tmp_path: Path) -> None:
    told = STAGES.replace("at\n", "at,position\n").replace("-10\n", "-10,2\n").replace("-01\n", "-01,1\n")
    told = (
        told.replace("-12\n", "-12,2\n")
        .replace("-20\n", "-20,1\n")
        .replace("Discovery,2026-02-01,1", "Discovery,2026-02-01,2")
    )

    assert study(tmp_path, stages=told).stages == ("Proposal", "Discovery")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"deals": "id,created\n"}, "deals.csv lacks the column closed"),
        (
            {"deals": DEALS.replace("true", "perhaps")},
            "deals.csv, line 2: won is “perhaps”, not true or false",
        ),
        (
            {"deals": DEALS.replace("2026-01-10", "10.1.2026")},
            "deals.csv, line 2: created is “10.1.2026”, not a date",
        ),
        (
            {"deals": DEALS.replace("2026-03-01", "2025-03-01")},
            "line 2: the deal closed before it was created",
        ),
        ({"deals": DEALS.replace("\n3,", "\n1,")}, "names a deal twice"),
        ({"deals": DEALS.replace("\n3,", "\n,")}, "line 4: the deal has no id"),
        ({"deals": DEALS.replace("1000", "much")}, "amount is “much”, not a number"),
        ({"lots": LOTS.replace("0.25", "1.5")}, "lots.csv, line 3: chance is 1.5, not between 0 and 1"),
        ({"lots": LOTS.replace("0.25", "nan")}, "lots.csv, line 3: chance is nan, not between 0 and 1"),
        ({"uses": 'deal,asset,at\n1,"deck,2026\n'}, "uses.csv is no CSV"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, changed: dict[str, str], said: str) -> None:
    with pytest.raises(BadData, match=said.replace(".", r"\.")):
        study(tmp_path, **changed)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_bytes(b"id,created,closed,won\n\xff\xfe,2026-01-01,,\n")
    (tmp_path / "uses.csv").write_text(USES)

    with pytest.raises(BadData, match=r"deals\.csv is no CSV in UTF-8"):
        history_in(tmp_path)


def test_a_missing_file_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(
        BadData, match=r"There is no deals\.csv in .* it needs the columns id, created, closed, won"
    ):
        history_in(tmp_path)
