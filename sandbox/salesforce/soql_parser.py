"""Parse SOQL by recursive descent, as strictly as the platform or more so."""

import re
from typing import Literal as OneOf, NoReturn

from sandbox.salesforce.soql_ast import (
    Aggregate,
    Comparison,
    Condition,
    DateFunction,
    Direction,
    FieldPath,
    Includes,
    Literal,
    Logic,
    Membership,
    Not,
    Ordering,
    Query,
    Selected,
    SemiJoin,
    Subject,
)
from sandbox.salesforce.soql_dates import COUNTED, UNCOUNTED
from sandbox.salesforce.soql_functions import DATE_FUNCTIONS
from sandbox.salesforce.soql_lexer import Token, error_at, pattern_text, plain_text, tokens

_AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})
_COMPARISONS = frozenset({"=", "!=", "<>", "<", "<=", ">", ">="})
_RESERVED = frozenset(
    {
        "AND", "ASC", "DESC", "EXCLUDES", "FALSE", "FIRST", "FOR", "FROM", "GROUP", "HAVING", "IN", "INCLUDES",
        "LAST", "LIKE", "LIMIT", "NOT", "NULL", "NULLS", "OFFSET", "OR", "ORDER", "SELECT", "TRUE", "USING", "WHERE",
        "WITH",
    }
)  # fmt: skip
_WHOLE_NUMBER = re.compile(r"\d{1,9}")
_DEEPEST = 60


def parse(statement: str) -> Query:
    """Return the statement as data; raise MALFORMED_QUERY with row and column where it is none."""
    parser = _Parser(statement)
    query = parser.query(level="top")
    parser.expect_end()
    return query


class _Parser:
    def __init__(self, statement: str) -> None:
        self._statement = statement
        self._tokens = tokens(statement)
        self._next = 0
        self._depth = 0

    def query(self, *, level: OneOf["top", "child", "semi"]) -> Query:
        """Parse SELECT … up to the last clause that is allowed at this level."""
        self._keyword("SELECT")
        selected = [self._selected(level)]
        while self._accept_symbol(","):
            selected.append(self._selected(level))
        self._keyword("FROM")
        source = self._name()
        alias = self._alias() if level != "child" else ""
        where = self._condition() if self._accept("WHERE") else None
        if level == "top":
            self._security()
        group_by = self._group_by() if level == "top" else ()
        having = self._condition() if group_by and self._accept("HAVING") else None
        order_by = self._order_by() if level != "semi" else ()
        limit = self._count() if level != "semi" and self._accept("LIMIT") else None
        offset = self._count() if level == "top" and self._accept("OFFSET") else 0
        seen, all_rows = self._ending() if level == "top" else ("", False)
        return Query(
            text=self._statement,
            selected=tuple(selected),
            source=source.text,
            source_position=source.position,
            alias=alias,
            where=where,
            group_by=group_by,
            having=having,
            order_by=order_by,
            limit=limit,
            offset=offset or 0,
            seen=seen,
            all_rows=all_rows,
        )

    def expect_end(self) -> None:
        """Refuse whatever stands behind the statement."""
        if self._peek.kind != "end":
            self._unexpected()

    # --- clauses

    def _selected(self, level: str) -> Selected:
        if level == "top" and self._is_symbol("(") and self._ahead(1).upper() == "SELECT":
            self._symbol("(")
            child = self.query(level="child")
            self._symbol(")")
            return Selected(child)
        item = self._subject()
        if not isinstance(item, FieldPath) and level != "top":
            self._fail(item.position, "only root queries support aggregate expressions")
        return Selected(item, self._alias() if level == "top" else "")

    def _subject(self) -> Subject:
        word = self._word()
        if not self._is_symbol("("):
            return FieldPath(tuple(word.text.split(".")), word.position)
        function = word.text.upper()
        if function in DATE_FUNCTIONS:
            return self._date_function(function, word.position)
        if function not in _AGGREGATES:
            self._fail(word.position, f"unexpected token: '{word.text}('")
        self._symbol("(")
        argument = None if self._is_symbol(")") else self._path()
        self._symbol(")")
        if argument is None and function != "COUNT":
            self._fail(word.position, f"{function} needs a field")
        return Aggregate(function, argument, word.position)

    def _date_function(self, function: str, position: int) -> DateFunction:
        self._symbol("(")
        converted = self._ahead(1) == "(" and self._accept("CONVERTTIMEZONE")
        if converted:
            self._symbol("(")
        argument = self._path()
        if converted:
            self._symbol(")")
        self._symbol(")")
        return DateFunction(function, argument, converted, position)

    def _alias(self) -> str:
        token = self._peek
        if token.kind != "word" or token.text.upper() in _RESERVED or "." in token.text:
            return ""
        if token.text.upper() == "ALL" and self._ahead(1).upper() == "ROWS":
            return ""
        return self._take().text

    def _security(self) -> None:
        if self._accept("WITH") and not (self._accept("USER_MODE") or self._accept("SECURITY_ENFORCED")):
            self._unexpected()

    def _group_by(self) -> tuple[FieldPath | DateFunction, ...]:
        if not self._accept("GROUP"):
            return ()
        self._keyword("BY")
        groups = [self._group()]
        while self._accept_symbol(","):
            groups.append(self._group())
        return tuple(groups)

    def _group(self) -> FieldPath | DateFunction:
        function = self._peek.text.upper()
        if function in DATE_FUNCTIONS and self._ahead(1) == "(":
            return self._date_function(function, self._take().position)
        return self._path()

    def _order_by(self) -> tuple[Ordering, ...]:
        if not self._accept("ORDER"):
            return ()
        self._keyword("BY")
        orderings = [self._ordering()]
        while self._accept_symbol(","):
            orderings.append(self._ordering())
        return tuple(orderings)

    def _ordering(self) -> Ordering:
        subject = self._subject()
        direction: Direction = "DESC" if self._accept("DESC") else "ASC"
        if direction == "ASC":
            self._accept("ASC")
        if not self._accept("NULLS"):
            return Ordering(subject, direction, "FIRST" if direction == "ASC" else "LAST")
        if self._accept("LAST"):
            return Ordering(subject, direction, "LAST")
        self._keyword("FIRST")
        return Ordering(subject, direction, "FIRST")

    def _count(self) -> int:
        token = self._take()
        if not _WHOLE_NUMBER.fullmatch(token.text):
            self._fail(token.position, f"unexpected token: '{token}'")
        return int(token.text)

    def _ending(self) -> tuple[OneOf["", "VIEW", "REFERENCE"], bool]:
        seen: OneOf["", "VIEW", "REFERENCE"] = ""
        if self._accept("FOR"):
            seen = "VIEW" if self._accept("VIEW") else "REFERENCE"
            if seen == "REFERENCE":
                self._keyword("REFERENCE")
        all_rows = self._accept("ALL")
        if all_rows:
            self._keyword("ROWS")
        return seen, all_rows

    # --- conditions

    def _condition(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            self._fail(self._peek.position, "the condition is nested too deeply")
        # NOT stands at the beginning or in parentheses: `a AND NOT b` is refused, as on the platform.
        conditions = [self._simple(may_be_negated=True)]
        joined_by = ""
        while self._peek.text.upper() in ("AND", "OR"):
            operator = self._take()
            if joined_by and operator.text.upper() != joined_by:
                self._fail(operator.position, f"unexpected token: '{operator.text}'")
            joined_by = operator.text.upper()
            conditions.append(self._simple(may_be_negated=False))
        self._depth -= 1
        if joined_by == "OR":
            return Logic("OR", tuple(conditions))
        return Logic("AND", tuple(conditions)) if joined_by else conditions[0]

    def _simple(self, *, may_be_negated: bool) -> Condition:
        if may_be_negated and self._accept("NOT"):
            return Not(self._simple(may_be_negated=False))
        if self._accept_symbol("("):
            inner = self._condition()
            self._symbol(")")
            return inner
        return self._predicate()

    def _predicate(self) -> Condition:
        subject = self._subject()
        operator = self._take()
        word = operator.text.upper()
        if operator.kind == "symbol" and operator.text in _COMPARISONS:
            return Comparison(subject, "!=" if word == "<>" else word, self._literal())
        if word == "LIKE" and isinstance(subject, FieldPath):
            return Comparison(subject, "LIKE", self._pattern())
        negated = word == "NOT"
        if negated:
            word = self._take().text.upper()
        if not isinstance(subject, Aggregate) and word == "IN":
            return self._membership(subject, negated=negated)
        if isinstance(subject, FieldPath) and word in ("INCLUDES", "EXCLUDES") and not negated:
            return Includes(subject, word == "EXCLUDES", self._literals())
        raise error_at(self._statement, operator.position, f"unexpected token: '{operator}'")

    def _membership(self, subject: FieldPath | DateFunction, *, negated: bool) -> Condition:
        if isinstance(subject, DateFunction) or self._ahead(1).upper() != "SELECT":
            return Membership(subject, negated, self._literals())
        self._symbol("(")
        inner = self.query(level="semi")
        self._symbol(")")
        return SemiJoin(subject, negated, inner)

    def _literals(self) -> tuple[Literal, ...]:
        self._symbol("(")
        values = [self._literal()]
        while self._accept_symbol(","):
            values.append(self._literal())
        self._symbol(")")
        return tuple(values)

    def _pattern(self) -> Literal:
        token = self._take()
        if token.kind != "string":
            self._fail(token.position, f"unexpected token: '{token}'")
        return Literal("string", pattern_text(self._statement, token), token.position)

    def _literal(self) -> Literal:
        token = self._take()
        word = token.text.upper()
        if token.kind == "string":
            return Literal("string", plain_text(self._statement, token), token.position)
        if token.kind == "number":
            return Literal("number", float(token.text), token.position)
        if token.kind in ("date", "datetime"):
            return Literal(token.kind, token.text, token.position)
        if word in ("TRUE", "FALSE"):
            return Literal("boolean", word == "TRUE", token.position)
        if word == "NULL":
            return Literal("null", None, token.position)
        if word in UNCOUNTED:
            return Literal("relative", word, token.position)
        if word in COUNTED:
            self._symbol(":")
            return Literal("relative", word, token.position, count=self._count())
        raise error_at(self._statement, token.position, f"unexpected token: '{token}'")

    # --- tokens

    @property
    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _ahead(self, steps: int) -> str:
        return self._tokens[min(self._next + steps, len(self._tokens) - 1)].text

    def _take(self) -> Token:
        token = self._peek
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def _accept(self, keyword: str) -> bool:
        if self._peek.kind == "word" and self._peek.text.upper() == keyword:
            self._take()
            return True
        return False

    def _keyword(self, keyword: str) -> None:
        if not self._accept(keyword):
            self._unexpected()

    def _is_symbol(self, symbol: str) -> bool:
        return self._peek.kind == "symbol" and self._peek.text == symbol

    def _accept_symbol(self, symbol: str) -> bool:
        if self._is_symbol(symbol):
            self._take()
            return True
        return False

    def _symbol(self, symbol: str) -> None:
        if not self._accept_symbol(symbol):
            self._unexpected()

    def _word(self) -> Token:
        token = self._peek
        if token.kind != "word" or token.text.upper() in _RESERVED:
            self._unexpected()
        return self._take()

    def _name(self) -> Token:
        token = self._word()
        if "." in token.text:
            self._fail(token.position, f"unexpected token: '{token.text}'")
        return token

    def _path(self) -> FieldPath:
        token = self._word()
        return FieldPath(tuple(token.text.split(".")), token.position)

    def _unexpected(self) -> NoReturn:
        self._fail(self._peek.position, f"unexpected token: '{self._peek}'")

    def _fail(self, position: int, message: str) -> NoReturn:
        raise error_at(self._statement, position, message)
