"""The selling company of the sample world: who works there, what it sells, against whom."""

from sandbox.world.model import Person, Role

COMPANY = "Stowmark"
DOMAIN = "stowmark.example"

WAREHOUSE = "Stowmark Warehouse"
YARD = "Stowmark Yard"
FIELD = "Stowmark Field"
INSIGHT = "Stowmark Insight"
PRODUCTS = (WAREHOUSE, YARD, FIELD, INSIGHT)

PALLETARY = "Palletary"
KORVANE = "Korvane"
DOCKWRIGHT = "Dockwright"
COMPETITORS = (PALLETARY, KORVANE, DOCKWRIGHT)

ROLES = (
    Role("VP Sales", ""),
    Role("Sales Manager EMEA", "VP Sales"),
    Role("Sales Manager Americas", "VP Sales"),
    Role("Sales Manager APAC", "VP Sales"),
    Role("Account Executive EMEA", "Sales Manager EMEA"),
    Role("Account Executive Americas", "Sales Manager Americas"),
    Role("Account Executive APAC", "Sales Manager APAC"),
    Role("Revenue Operations", ""),
)


def _person(
    name: str,
    job: str,
    role: str,
    title: str,
    place: tuple[str, str],
    *,
    color: str,
    countries: tuple[str, ...] = (),
) -> Person:
    first, _, last = name.partition(" ")
    email = f"{_plain(first)}.{_plain(last)}@{DOMAIN}"
    return Person(email, first, last, job, role, title, place[0], place[1], countries, color)


def _plain(word: str) -> str:
    return word.lower().replace(" ", "").replace("-", "")


_EMEA = "Account Executive EMEA"
_AMERICAS = "Account Executive Americas"
_APAC = "Account Executive APAC"
_LONDON = ("en-GB", "Europe/London")
_PARIS = ("fr-FR", "Europe/Paris")
_SAO_PAULO = ("pt-BR", "America/Sao_Paulo")
_AE = "Account Executive"
_SENIOR = "Senior Account Executive"

PEOPLE = (
    _person("Ingrid Halvorsen", "vp", "VP Sales", "VP Sales", _LONDON, color="#7a3b69"),
    _person("Claire Fontaine", "manager", "Sales Manager EMEA", "Director, EMEA", _PARIS, color="#2f6f8f"),
    _person(
        "Rafael Monteiro",
        "manager",
        "Sales Manager Americas",
        "Director, Americas",
        _SAO_PAULO,
        color="#a05a2c",
    ),
    _person(
        "Hana Seo",
        "manager",
        "Sales Manager APAC",
        "Director, APAC",
        ("ko-KR", "Asia/Seoul"),
        color="#4f6d3a",
    ),
    _person(
        "Maya Chen",
        "rep",
        _EMEA,
        _SENIOR,
        ("en-US", "Europe/Dublin"),
        color="#1f7a5c",
        countries=("Ireland", "United Kingdom", "Netherlands"),
    ),
    _person("Julien Marchetti", "rep", _EMEA, _AE, _PARIS, color="#b5473c", countries=("France", "Belgium")),
    _person(
        "Elin Sandqvist",
        "rep",
        _EMEA,
        _AE,
        ("en-GB", "Europe/Stockholm"),
        color="#3c5fa8",
        countries=("Sweden", "Netherlands"),
    ),
    _person(
        "Oskar Brandt",
        "rep",
        _EMEA,
        _SENIOR,
        ("en-GB", "Europe/Berlin"),
        color="#6b5b1f",
        countries=("Germany", "United Kingdom"),
    ),
    _person(
        "Beatriz Carvalho", "rep", _AMERICAS, _SENIOR, _SAO_PAULO, color="#8a3f7a", countries=("Brazil",)
    ),
    _person("Camila Duarte", "rep", _AMERICAS, _AE, _SAO_PAULO, color="#26768a", countries=("Brazil",)),
    _person(
        "Daniel Whitlock",
        "rep",
        _AMERICAS,
        _AE,
        ("en-US", "America/Chicago"),
        color="#54478c",
        countries=("United States", "Canada"),
    ),
    _person(
        "Narin Phetcharat",
        "rep",
        _APAC,
        _AE,
        ("th-TH", "Asia/Bangkok"),
        color="#94531e",
        countries=("Thailand",),
    ),
    _person(
        "Yuchen Lin", "rep", _APAC, _AE, ("zh-TW", "Asia/Taipei"), color="#2d6a4f", countries=("Taiwan",)
    ),
    _person(
        "Jiwon Park", "rep", _APAC, _AE, ("ko-KR", "Asia/Seoul"), color="#9a3b4b", countries=("South Korea",)
    ),
    _person(
        "Priya Raman",
        "enablement",
        "Revenue Operations",
        "Head of Sales Enablement",
        _LONDON,
        color="#5a4fcf",
    ),
    _person("Marcus Bell", "ops", "Revenue Operations", "Salesforce Administrator", _LONDON, color="#4a5a68"),
)

PROTAGONIST = f"maya.chen@{DOMAIN}"
ENABLEMENT = f"priya.raman@{DOMAIN}"
OPS = f"marcus.bell@{DOMAIN}"
PROTAGONIST_MANAGER = f"claire.fontaine@{DOMAIN}"
PEER = f"julien.marchetti@{DOMAIN}"
