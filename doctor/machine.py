"""What is on this machine: the settings and the data folder."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from doctor.finding import Finding, State
from settings import MissingSettings, Settings, read_settings

LITTLE_SPACE, TOO_LITTLE_SPACE = 1_000_000_000, 200_000_000


def settings_findings(environ: Mapping[str, str]) -> tuple[Settings | None, list[Finding]]:
    """Return the settings as far as they can be used, and what is wrong with them."""
    part = "settings"
    try:
        settings = read_settings(environ)
    except MissingSettings as error:
        lines = [line.strip() for line in str(error).splitlines()[1:]]
        found = [Finding(part, "wrong", *_said_and_mend(line)) for line in lines]
        return _usable(environ, lines), found
    if settings.slack_bot_token and not {"SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN_FILE"} & set(environ):
        return settings, [Finding(part, "ok", "none set here; these are the ones that a demo left")]
    found = [Finding(part, "ok", "complete")]
    is_real = urlsplit(settings.slack_api_url).hostname == "slack.com"
    if is_real and urlsplit(settings.public_url).scheme != "https":
        said = f"PUBLIC_URL is {settings.public_url}: neither Slack nor buyers can open it"
        found.append(Finding(part, "warning", said, "Set it to the https:// address of `touchline serve`."))
    return settings, found


def _usable(environ: Mapping[str, str], problems: Iterable[str]) -> Settings | None:
    """Read what is left when the settings that can't be used are taken away."""
    bad = {problem.split(":")[0] for problem in problems}
    sound = {
        name: value for name, value in environ.items() if bad.isdisjoint((name, name.removesuffix("_FILE")))
    }
    # Something of ours must be set, or a demo's settings would be taken for these.
    sound.setdefault("TOUCHLINE_DATA", str(Settings.data_dir))
    try:
        return read_settings(sound, doors=False)
    except MissingSettings:
        return None


def _said_and_mend(line: str) -> tuple[str, str]:
    said, _, where = line.partition(". Where to get it: ")
    return (said, f"Get it at: {where}") if where else (line, "")


def folder_findings(settings: Settings, free: Callable[[Path], int]) -> Iterator[Finding]:
    part, folder = "data folder", settings.data_dir
    if folder.exists() and not (folder.is_dir() and os.access(folder, os.W_OK)):
        yield Finding(part, "wrong", f"{folder} can't be written to", "Give Touchline's user write access.")
        return
    left = free(folder)
    state: State = "wrong" if left < TOO_LITTLE_SPACE else "warning" if left < LITTLE_SPACE else "ok"
    mend = "" if state == "ok" else "Make room, or move it with TOUCHLINE_DATA."
    yield Finding(part, state, f"{folder}: {left / 1e9:.1f} GB free", mend)


def free_bytes(folder: Path) -> int:
    """Return the free space of the disk that a folder is on, or will be on."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    return shutil.disk_usage(there).free
