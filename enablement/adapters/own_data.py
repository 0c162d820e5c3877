"""Deals and the use of content in them from four CSV files: how somebody checks our estimates with their own data."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

from enablement.model import Deal, Lot, Stage, StageHop
from enablement.ports import History, Use

T = TypeVar("T")
DEALS, STAGES, USES, LOTS = "deals.csv", "stages.csv", "uses.csv", "lots.csv"
# The columns that each file must have; docs/evidence.md names those that it may have.
NEEDED: Mapping[str, tuple[str, ...]] = {
    DEALS: ("id", "created", "closed", "won"),
    STAGES: ("deal", "stage", "at"),
    USES: ("deal", "asset", "at"),
    LOTS: ("deal", "asset", "shown", "chance", "at"),
}
_YES, _NO = ("1", "true", "yes"), ("0", "false", "no", "")
# The names of the two ways to close, which no stage of a file can have.
_WON, _LOST = "\x00won", "\x00lost"


class BadData(Exception):
    """A file cannot be read as what it should be; says where, and what is expected."""


class _Row(NamedTuple):
    file: str
    line: int
    cells: Mapping[str, str]

    def text(self, name: str) -> str:
        return (self.cells.get(name) or "").strip()

    def read(self, name: str, make: Callable[[str], T], wanted: str) -> T:
        try:
            return make(self.text(name))
        except ValueError as error:
            said = self.text(name)
            raise BadData(f"{self.file}, line {self.line}: {name} is “{said}”, not {wanted}.") from error

    def moment(self, name: str) -> datetime:
        return self.read(name, _moment, "a date or moment such as 2026-03-31 or 2026-03-31T14:00:00Z")

    def flag(self, name: str) -> bool:
        return self.read(name, _flag, "true or false")

    def number(self, name: str) -> float:
        return self.read(name, float, "a number")


def history_in(folder: Path) -> History:
    """Return what four files say; uses and lots of deals that deals.csv does not have are left out. Raises BadData."""
    told = list(_rows(folder, DEALS))
    hops = list(_rows(folder, STAGES, may_lack=True))
    uses = [Use(row.text("deal"), row.text("asset"), row.moment("at")) for row in _rows(folder, USES)]
    lots = [_lot(row) for row in _rows(folder, LOTS, may_lack=True)]
    deals = [_deal(row) for row in told]
    if len({deal.id for deal in deals}) < len(deals):
        raise BadData(f"{DEALS} names a deal twice: each has one line.")
    stages = [
        Stage(name, place, is_closed=False, is_won=False) for place, name in enumerate(_process(hops), 1)
    ]
    closed = [
        Stage(_WON, len(stages) + 1, is_closed=True, is_won=True),
        Stage(_LOST, len(stages) + 2, is_closed=True, is_won=False),
    ]
    ends = [_end(row, deal) for row, deal in zip(told, deals, strict=True) if deal.is_closed]
    return History(deals, [*map(_hop, hops), *ends], [*stages, *closed], uses, lots)


def _rows(folder: Path, name: str, *, may_lack: bool = False) -> Iterator[_Row]:
    path = folder / name
    if not path.exists():
        if may_lack:
            return
        raise BadData(f"There is no {name} in {folder}: it needs the columns {', '.join(NEEDED[name])}.")
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            rows = csv.DictReader(file, strict=True)
            if missing := [one for one in NEEDED[name] if one not in (rows.fieldnames or ())]:
                raise BadData(f"{name} lacks the column {missing[0]}: it needs {', '.join(NEEDED[name])}.")
            for cells in rows:
                yield _Row(name, rows.line_num, cells)
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadData(f"{name} is no CSV in UTF-8: {error}.") from error


def _deal(row: _Row) -> Deal:
    created, closed = row.moment("created"), row.text("closed")
    if closed and row.moment("closed") < created:
        raise BadData(f"{row.file}, line {row.line}: the deal closed before it was created.")
    if not row.text("id"):
        raise BadData(f"{row.file}, line {row.line}: the deal has no id.")
    return Deal(
        id=row.text("id"),
        name="",
        account=row.text("account") or row.text("id"),
        stage="",
        amount=row.number("amount") if row.text("amount") else None,
        currency=row.text("currency"),
        close_date=None,
        is_closed=bool(closed),
        is_won=bool(closed) and row.flag("won"),
        owner_id=row.text("owner"),
        team=(),
        industry=row.text("industry") or None,
        region=row.text("region") or None,
        size=row.text("size") or None,
        language=row.text("language") or None,
        competitors=_list(row.text("competitors")),
        products=_list(row.text("products")),
        modified_at=row.moment("closed") if closed else created,
        created_at=created,
    )


def _hop(row: _Row) -> StageHop:
    # Of hops of one moment the later line comes later.
    number = f"{row.line:012d}"
    return StageHop(number, row.text("deal"), row.text("stage"), None, None, "", row.moment("at"))


def _end(row: _Row, deal: Deal) -> StageHop:
    stage = _WON if deal.is_won else _LOST
    return StageHop(f"~{row.line}", deal.id, stage, None, None, "", row.moment("closed"))


def _lot(row: _Row) -> Lot:
    chance = row.number("chance")
    if not 0 < chance < 1:
        raise BadData(f"{row.file}, line {row.line}: chance is {chance:g}, not between 0 and 1.")
    return Lot(
        f"{row.line:012d}",
        row.text("deal"),
        row.text("asset"),
        row.flag("shown"),
        chance,
        "",
        row.moment("at"),
    )


def _process(hops: Sequence[_Row]) -> list[str]:
    """Return the stages in their order: by `position` where the file has it, else as deals come to them on average.

    Without any each deal stands in one and the same while it is open.
    """
    if not hops:
        return ["open"]
    if any(row.text("position") for row in hops):
        told = {row.text("stage"): row.number("position") for row in hops}
        return sorted(told, key=lambda name: (told[name], name))
    passed: dict[str, list[str]] = defaultdict(list)
    for row in sorted(hops, key=lambda row: row.moment("at")):
        if row.text("stage") not in passed[row.text("deal")]:
            passed[row.text("deal")].append(row.text("stage"))
    places: dict[str, list[int]] = defaultdict(list)
    for names in passed.values():
        for place, name in enumerate(names):
            places[name].append(place)
    return sorted(places, key=lambda name: (sum(places[name]) / len(places[name]), name))


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    # A day alone is the whole of it: what happened is known by its end.
    found += timedelta(days=1) if len(text) == len("2026-03-31") else timedelta(0)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _flag(text: str) -> bool:
    if text.lower() not in (*_YES, *_NO):
        raise ValueError(text)
    return text.lower() in _YES


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
