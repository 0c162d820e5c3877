"""News for a part of the company: written, sent at each reader's time, followed until everybody it is for has it."""

from enablement.announcing.audience import (
    COLLEAGUES_EVERY as COLLEAGUES_EVERY,
    Reach as Reach,
    Reader as Reader,
    colleagues_read_at as colleagues_read_at,
    reach as reach,
    read_colleagues as read_colleagues,
    readers as readers,
)
from enablement.announcing.complaints import (
    BROADCASTS as BROADCASTS,
    Complaint as Complaint,
    complaints as complaints,
)
from enablement.announcing.delivering import deliver as deliver
from enablement.announcing.drafting import (
    approve as approve,
    begin as begin,
    decline as decline,
    duplicate as duplicate,
    edit as edit,
    extend as extend,
    keep as keep,
    pin as pin,
    send as send,
    stop as stop,
    stop_as_operator as stop_as_operator,
    test_send as test_send,
    withdraw as withdraw,
)
from enablement.announcing.following import (
    ANNOUNCE_DELIVER as ANNOUNCE_DELIVER,
    ANNOUNCE_FOLLOW as ANNOUNCE_FOLLOW,
    follow as follow,
)
from enablement.announcing.home import Shown as Shown, on_home as on_home
from enablement.announcing.links import (
    asset_link as asset_link,
    assets_of as assets_of,
    serve_asset as serve_asset,
)
from enablement.announcing.progress import (
    ANNOUNCE_PROGRESS as ANNOUNCE_PROGRESS,
    show_progress as show_progress,
)
from enablement.announcing.receipts import (
    TEST as TEST,
    acknowledge as acknowledge,
    answer as answer,
    language_for as language_for,
    opened as opened,
    receipt_id as receipt_id,
    signed as signed,
    snooze as snooze,
    wording_for as wording_for,
)
from enablement.announcing.refusal import CannotAnnounce as CannotAnnounce
from enablement.announcing.results import (
    SENT as SENT,
    PersonResult as PersonResult,
    QuestionResult as QuestionResult,
    Results as Results,
    TeamResult as TeamResult,
    Totals as Totals,
    all_results as all_results,
    percent as percent,
    results as results,
    results_of as results_of,
    shown_teams as shown_teams,
    team_lines as team_lines,
    totals_of as totals_of,
    with_results as with_results,
)
from enablement.announcing.rights import (
    Right as Right,
    is_channel as is_channel,
    is_librarian as is_librarian,
    may_change as may_change,
    may_see_results as may_see_results,
    right_of as right_of,
    roles_open_to as roles_open_to,
    team_of as team_of,
)
from enablement.announcing.sheets import (
    ANNOUNCE_FILE as ANNOUNCE_FILE,
    COLUMNS as COLUMNS,
    ResultsFile as ResultsFile,
    file_task as file_task,
    sheet as sheet,
)
from enablement.announcing.telling import (
    Told as Told,
    tell as tell,
    tell_of_approval as tell_of_approval,
    tell_of_what_waits as tell_of_what_waits,
)
from enablement.announcing.timing import (
    Quiet as Quiet,
    next_moment as next_moment,
    next_morning as next_morning,
    next_working as next_working,
)
from enablement.announcing.usage import WITHIN as WITHIN, Usage as Usage, Used as Used, usage as usage
