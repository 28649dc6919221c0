"""The words of a model text, each with its place; signs that lavaan's language lacks are refused with what to write."""

import re
import unicodedata
from typing import Any, NamedTuple

from emolabor.common.errors import EmolaborError, refuse_because

ALLOWED_OPERATORS = "=~ ~ ~~ ~1 | ~*~ := == < >"
LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
GAP = r"[^\S\n]*"  # blanks of any width, which as in lavaan may part the signs of an operator
NAME = re.compile(r"(?:[^\W\d]|\.(?!\d))[\w.]*")
TOKEN = re.compile(
    r"(?P<blank>(?:[^\S\n]|[\ufeff\u200b\u2060])+)|(?P<other><-+>|<-+(?=[^\S\n]*[^\W\d])|-+>|[<>]=|=[<>]|!=|:~|//|/\*)"
    r"|(?P<comment>[#!][^\n]*)|(?P<end>[\n;])"
    rf"|(?P<operator>={GAP}~|<{GAP}~|~\*~|~~|~|:{GAP}=|={GAP}=|<|>|\|)"
    rf"|(?P<name>{NAME.pattern})|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<string>\"[^\"\n]*\"|'[^'\n]*')|(?P<quoted>`[^`\n]*`)|(?P<sign>\*\*|[-+*?(),:/^%])"
)
# What people write for another sign, and what to write instead.
BOUND = "the bound itself is allowed by '<' and '>' too"
ARROW = "write 'y ~ x' for 'x predicts y', 'f =~ x' for 'x measures f'"
INSTEAD = {
    "<-": f"{ARROW}, or 'a < -b' with a blank for a constraint",
    "->": ARROW,
    "<->": "write 'x ~~ y' for a covariance",
    ">=": f"write '>'; {BOUND}",
    "<=": f"write '<'; {BOUND}",
    "=>": f"write '>'; {BOUND}",
    "=<": f"write '<'; {BOUND}",
    "!=": "only '==', '<' and '>' can hold",
    ":~": "parameters moderated by a variable are not available; use groups, or products made by el.interaction",
    "//": "comments begin with '#' or '!'",
    "/*": "comments begin with '#' or '!'",
    "=": "write '=~' (is measured by), '==' (is held equal to) or ':=' (is defined as)",
    "&": "write each constraint on a line of its own",
    "$": "write the column's name alone",
    "@": "write '1*x' to fix at 1",
    "[": "write 'x ~ 1' for a mean or an intercept",
    "]": "write 'x ~ 1' for a mean or an intercept",
    "{": "write parentheses",
    "}": "write parentheses",
    "\\": "a line that ends in '+' goes on with the next one",
    '"': "a quotation mark has no partner on its line",
    "'": "a quotation mark has no partner on its line",
    "`": "a backtick has no partner on its line",
    "≤": f"write '<'; {BOUND}",
    "≥": f"write '>'; {BOUND}",
    "≠": "only '==', '<' and '>' can hold",
    "→": ARROW,
    "⟶": ARROW,
    "←": ARROW,
    "⟵": ARROW,
    "↔": "write 'x ~~ y' for a covariance",
    "。": "write ';' or begin a new line",
    "、": "write '+' between variables, ',' within c()",
}
PLAIN = {
    **dict.fromkeys("−–—‐‑‒", "-"),
    **dict.fromkeys("×∗⋅·•✕", "*"),
    **dict.fromkeys("÷∕", "/"),
    **dict.fromkeys("∼˜〜∽", "~"),
    **dict.fromkeys("“”„«»", '"'),
    **dict.fromkeys("‘’‚", "'"),
    "≈": "~~",
    "≔": ":=",
    "∶": ":",
    "ˆ": "^",
}


class Token(NamedTuple):
    """A word of the model text and where it stands."""

    kind: str
    text: str
    line: int
    column: int

    @property
    def where(self) -> str:
        """The place, as error messages name it."""
        return f"model, line {self.line}, column {self.column}"


def tokens_of(text: str) -> list[Token]:
    """Part a model text into its words, without blanks and comments.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of Token

    Raises
    ------
    EmolaborError
        Line, column and sign that is not understood, and what to write instead.
    """
    text = LINE_ENDS.sub("\n", text)
    tokens, position, line, line_start = [], 0, 1, 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if not match:
            raise _not_understood(text[position], line, position - line_start + 1)
        kind, found = str(match.lastgroup), match.group()
        if kind == "other" and found == "!=" and not (tokens and tokens[-1].line == line):
            match = re.compile("[^\n]*").match(text, position)  # a comment such as !=======
            kind = "comment"
        if kind not in ("blank", "comment"):
            tokens.append(_token(kind, found, line, position - line_start + 1))
        position = match.end()
        if found == "\n":
            line, line_start = line + 1, position
    return tokens


def _token(kind: str, found: str, line: int, column: int) -> Token:
    if kind == "name" and not (found[0] == "." or found[0].isidentifier()):  # a number such as '½'
        raise _not_understood(found[0], line, column)
    if kind == "other":
        raise _not_understood(re.sub("-+", "-", found), line, column)
    if kind == "operator" and len(found) > 1:
        found = "".join(found.split())
    if kind == "quoted":
        kind, found = "name", found[1:-1].strip()
        if not NAME.fullmatch(found):
            plain = re.sub(r"\W+", "_", found).strip("_") or "x"
            plain = plain if NAME.fullmatch(plain) else f"x{plain}"
            refuse_because(
                f"model, line {line}, column {column}",
                f"'{found}' is no name",
                f"letters, digits, '_' and '.'; rename the column: data.rename(columns={{{found!r}: "
                f"{plain!r}}}), and write {plain}",
            )
    return Token(kind, found, line, column)


def _not_understood(sign: Any, line: Any, column: Any) -> Any:
    plain = PLAIN.get(sign) or unicodedata.normalize("NFKC", sign)
    hint = INSTEAD.get(sign) or (f"write '{plain}'" if plain != sign and plain.isascii() else "")
    shown = sign if sign.isprintable() else f"(invisible, U+{ord(sign):04X})"
    return EmolaborError(
        f"model, line {line}, column {column}: '{shown}' is not understood; "
        + (f"{hint}. Allowed" if hint else "allowed")
        + f" operators: {ALLOWED_OPERATORS}"
    )
