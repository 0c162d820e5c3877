"""The Home tab: a rep's deals, a manager's team, the library, how all is; drawn by jobs from what is kept here."""

from enablement.home.deals import (
    ON_A_PAGE as ON_A_PAGE,
    Change as Change,
    DealsPage as DealsPage,
    HomeDeal as HomeDeal,
    deals_page as deals_page,
)
from enablement.home.library import LibraryPart as LibraryPart, count_library as count_library
from enablement.home.looking import (
    COUNT as COUNT,
    FOLLOW as FOLLOW,
    KEPT_UP as KEPT_UP,
    ONE_LOOK as ONE_LOOK,
    SHOW as SHOW,
    TABS as TABS,
    open_home as open_home,
    show_task as show_task,
    stay as stay,
    tabs_of as tabs_of,
    turn as turn,
)
from enablement.home.operations import (
    OpsPart as OpsPart,
    RoleSource as RoleSource,
    Wrong as Wrong,
    ops_part as ops_part,
)
from enablement.home.sent import (
    Dealings as Dealings,
    OpenedShare as OpenedShare,
    SharedAsset as SharedAsset,
    dealings as dealings,
)
from enablement.home.team import (
    MOST_UNTOUCHED as MOST_UNTOUCHED,
    PEOPLE_ON_A_PAGE as PEOPLE_ON_A_PAGE,
    PersonUse as PersonUse,
    TeamUse as TeamUse,
    people_below as people_below,
    team_use as team_use,
)
from enablement.home.whole import (
    Home as Home,
    RepPart as RepPart,
    TeamPart as TeamPart,
    home_of as home_of,
    kept_up as kept_up,
    made_from as made_from,
)
