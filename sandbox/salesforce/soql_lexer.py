"""Cut a SOQL statement into tokens."""

import re
from dataclasses import dataclass

from sandbox.salesforce.errors import ApiError

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
    | (?P<date>\d{4}-\d\d-\d\d)(?![\w-])
    | (?P<number>-?\d+(?:\.\d+)?)(?![\w.])
    | (?P<word>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*)
    | (?P<string>'(?:[^'\\]|\\.)*')
    | (?P<symbol><=|>=|!=|<>|[=<>(),:])
    | (?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_ESCAPED |= {letter.upper(): value for letter, value in _ESCAPED.items() if letter.isalpha()}


@dataclass(frozen=True)
class Token:
    """A piece of the statement; kind is datetime, date, number, word, string, symbol or end."""

    kind: str
    text: str
    position: int

    def __str__(self) -> str:
        return "<EOF>" if self.kind == "end" else self.text


def error_at(statement: str, position: int, message: str, *, code: str = "MALFORMED_QUERY") -> ApiError:
    """Return an error that points into the statement as the platform does."""
    row = statement.count("\n", 0, position) + 1
    start = statement.rfind("\n", 0, position) + 1
    line = statement[start:].split("\n", 1)[0]
    column = position - start + 1
    pointer = " " * (column - 1) + "^"
    return ApiError(code, f"\n{line}\n{pointer}\nERROR at Row:{row}:Column:{column}\n{message}")


def tokens(statement: str) -> list[Token]:
    """Return all tokens, the last of kind `end`; raise MALFORMED_QUERY where nothing fits."""
    found: list[Token] = []
    position = 0
    while not found or found[-1].kind != "end":
        match = _TOKEN.match(statement, position)
        if match is None or match.lastgroup is None:
            blank = len(statement[position:]) - len(statement[position:].lstrip())
            at = position + blank
            raise error_at(statement, at, f"unexpected token: '{statement[at : at + 1]}'")
        found.append(Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
        position = match.end()
    return found


def plain_text(statement: str, token: Token) -> str:
    """Return what a string token says."""

    def unescaped(match: re.Match[str]) -> str:
        letter = match[1]
        if len(letter) == 5:
            return chr(int(letter[1:], 16))
        if letter not in _ESCAPED:
            raise error_at(statement, token.position, f"illegal character sequence: '\\{letter}'")
        return _ESCAPED[letter]

    return _ESCAPE.sub(unescaped, token.text[1:-1])


def pattern_text(statement: str, token: Token) -> str:
    """Return the LIKE pattern a string token says, its escaped `%`, `_` and `\\` still escaped by `\\`."""
    pattern = ""
    for piece in re.split(r"(\\[%_\\])", token.text[1:-1]):
        is_escape = re.fullmatch(r"\\[%_\\]", piece) is not None
        pattern += (
            piece if is_escape else plain_text(statement, Token("string", f"'{piece}'", token.position))
        )
    return pattern
