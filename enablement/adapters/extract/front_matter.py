"""Read the YAML that stands between dashes at the head of a Markdown file."""

import re
from collections.abc import Mapping
from datetime import date
from math import isfinite

import yaml

from enablement.adapters.extract.clean import clean
from enablement.adapters.extract.contents import Refused
from enablement.language import _

_MOST_CHARS = 65_536
_BLOCK = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


class Loader(yaml.SafeLoader):
    """Safe YAML without aliases, with which a few lines stand for a billion."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(problem="aliases are not allowed")
        return super().compose_node(parent, index)


def split_front_matter(text: str) -> tuple[Mapping[str, object], str]:
    """Part the front matter from the text that follows it.

    Front matter that is no valid YAML is refused: it may say who must not see the file. A line of dashes that
    opens a text without settings is text.
    """
    block = _BLOCK.match(text, 0, _MOST_CHARS)
    if block is None:
        return {}, text
    settings = _load(block[1])
    if settings is None and not block[1].strip():
        return {}, text[block.end() :]
    if not isinstance(settings, dict):
        return {}, text
    return {clean(str(key)): _plain(value) for key, value in settings.items()}, text[block.end() :]


def _load(source: str) -> object:
    try:
        settings: object = yaml.load(source, Loader)  # noqa: S506  A safe loader, made stricter.
    except yaml.MarkedYAMLError as error:
        # The mark counts from 0, and the line of dashes comes before.
        line = error.problem_mark.line + 2 if error.problem_mark else 0
        raise Refused(_invalid(line, error.problem)) from error
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise Refused(_invalid(0, None)) from error
    return settings


def _invalid(line: int, problem: str | None) -> str:
    if line:
        return _(
            "has invalid front matter on line {line} ({problem}). Correct the YAML and add it again.",
            line=line,
            problem=problem,
        )
    return _("has invalid front matter. Correct the YAML and add it again.")


def _plain(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, (bool, int)) or (isinstance(value, float) and isfinite(value)):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {clean(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    return str(value)
