"""Which Salesforce field means what: read from one YAML file that an administrator may replace."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

DEFAULT = Path(__file__).with_name("mapping.yml")
# Stands for the currency's field: the standard one, where the org has several currencies.
AUTO = "auto"
CURRENCY = "CurrencyIsoCode"


class BadMapping(Exception):
    """The mapping file can't be used; the message says where it is wrong."""


@dataclass(frozen=True)
class FieldMap:
    """Field names by meaning (empty: the org does not keep this fact), and what countries and languages are called."""

    currency: str
    competitors: str
    products: str
    industry: str
    region: str
    employees: str
    language: str
    team: bool
    default_currency: str
    regions: Mapping[str, str]
    languages: Mapping[str, str]
    loss_reason: str = ""
    trial_ends: str = ""
    # Stages in their order, where it is not the one in Salesforce.
    stages: tuple[str, ...] = ()

    def within(self, there: Mapping[str, Collection[str]]) -> "FieldMap":
        """Return what is left of this where an org has no more than these fields (by object)."""
        deal, account = there["Opportunity"], there["Account"]
        currency = CURRENCY if self.currency == AUTO else self.currency
        return replace(
            self,
            currency=_if_there(currency, deal),
            competitors=_if_there(self.competitors, deal),
            products=_if_there(self.products, deal),
            loss_reason=_if_there(self.loss_reason, deal),
            trial_ends=_if_there(self.trial_ends, deal),
            industry=_if_there(self.industry, account),
            region=_if_there(self.region, account),
            employees=_if_there(self.employees, account),
            language=_if_there(self.language, account),
        )

    def fields(self) -> dict[str, tuple[str, ...]]:
        """Return the field names that are used of each object, to be checked against the org."""
        used = {
            "Opportunity": (
                *("" if self.currency == AUTO else self.currency, self.competitors, self.products),
                *(self.loss_reason, self.trial_ends),
            ),
            "Account": (self.industry, self.region, self.employees, self.language),
        }
        return {name: tuple(field for field in fields if field) for name, fields in used.items()}


def load_field_map(path: Path | None = None) -> FieldMap:
    """Read the mapping; raises BadMapping."""
    path = path or DEFAULT
    try:
        said: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        deal, account = said["deal"], said["account"]
        return FieldMap(
            currency=deal.get("currency", AUTO) or "",
            competitors=deal.get("competitors") or "",
            products=deal.get("products") or "",
            industry=account.get("industry") or "",
            region=account.get("region") or "",
            employees=account.get("employees") or "",
            language=account.get("language") or "",
            team=bool(said.get("team", True)),
            loss_reason=deal.get("loss_reason") or "",
            trial_ends=deal.get("trial_ends") or "",
            stages=tuple(map(str, said.get("stages") or ())),
            default_currency=said.get("default_currency") or "",
            regions={
                country: region for region, countries in said["regions"].items() for country in countries
            },
            languages={str(name): str(tag) for name, tag in said["languages"].items()},
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise BadMapping(
            f"{path} can't be used as the field mapping: {type(error).__name__}: {error}"
        ) from error


def _if_there(field: str, there: Collection[str]) -> str:
    return field if field in there else ""
