"""YAML files read with line numbers and checked against a JSON Schema: a mistake is named with its place."""

import json
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from emolabor.common.errors import EmolaborError, refuse, shown
from emolabor.common.files import refuse_endless
from emolabor.common.words import Words

_TAG = "tag:yaml.org,2002:"
_TEXT = f"{_TAG}str"
_PLAIN = {_TAG + kind for kind in ("str", "int", "float", "bool", "null", "seq", "map")}
_KEYS = {_TAG + kind for kind in ("str", "int", "float", "bool")}
_DEEPEST = 20
_MAX_BYTES = 5_000_000
_LONGEST_NUMBER = 40  # characters
_PROBLEMS_TOLD = 50
_say = Words("emolabor.common")


_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):
    """The safe loader, in C where PyYAML was built with it."""

    def construct_object(self, node, deep=False):
        is_number = node.tag in (f"{_TAG}int", f"{_TAG}float")
        if is_number and len(node.value) > _LONGEST_NUMBER:  # Python does not even write what is longer than 4,300
            raise yaml.constructor.ConstructorError(None, None, "a number that is none", node.start_mark)
        try:
            return super().construct_object(node, deep)
        except ValueError:  # a number with a wrong digit, say
            raise yaml.constructor.ConstructorError(None, None, "a number that is none", node.start_mark) from None


# A date stays the text that was written, and only true and false are boolean: the answer label No is a word.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), "tf")


@dataclass
class Document:
    """A YAML file's content, the line of every entry, and the mistakes found so far.

    Attributes
    ----------
    file : str
        The file as the user named it.
    data : dict
        The content.
    lines : dict
        Path of an entry, e.g. ``("dimensions", 0, "key")``, to its line in the file.
    blank : set of tuple
        Paths of the entries after which nothing is written, not even null.
    """

    file: str
    data: Any = None
    lines: dict = field(default_factory=dict)
    blank: set = field(default_factory=set)
    problems: dict = field(default_factory=dict)

    def problem(self, where, found, allowed):
        """Note one mistake: where (a path), what was found, what is allowed."""
        where = tuple(where)
        known = where
        while known not in self.lines:
            known = known[:-1]
        told = {"file": self.file, "line": self.lines[known], "place": self.place(where)}
        self.problems[_say("problem", found=found, allowed=allowed, **told)] = self.lines[known]

    @staticmethod
    def place(where):
        """Write a path as it is read, e.g. ``dimensions[0].items[2].key``."""
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in where)
        return "".join(steps).lstrip(".") or _say("the_file")

    def check_translations(self, where, translations, languages):
        """Note a mistake if a text is not written in all these languages."""
        missing = [language for language in languages if language not in translations]
        if missing:
            allowed = _say("text_in_each", languages=", ".join(languages))
            self.problem((*where, missing[0]), _say("nothing"), allowed)

    def refuse_problems(self):
        """Raise EmolaborError with every noted mistake, in the order of the lines, if there is one."""
        if self.problems:
            told = sorted(self.problems, key=self.problems.get)
            more = [_say("more_problems", n=len(told) - _PROBLEMS_TOLD)] * (len(told) > _PROBLEMS_TOLD)
            raise EmolaborError("\n".join([*told[:_PROBLEMS_TOLD], *more]))


def read_document(path, number_keys=False):
    """Read a YAML file with its line numbers: `parse_document` of `read_plain_text`, whose refusals are its own."""
    return parse_document(read_plain_text(path), str(path), number_keys)


def parse_document(text, file, number_keys=False):
    """Parse the text of a YAML file with its line numbers.

    Parameters
    ----------
    text : str
        The file's content.
    file : str
        Its name, for messages.
    number_keys : bool
        Whether a key may be a number, true or false.

    Returns
    -------
    Document
        The content, not yet checked against a schema.

    Raises
    ------
    EmolaborError
        The text is no YAML, repeats a key, has a key that is not text, or uses an alias or a tag.
    """
    document = Document(file, lines={(): 1})
    loader = _Loader(text)
    try:
        _refuse_depth(text)
        node = loader.get_single_node()
        if node is not None:
            _note_lines(node, (), document, set(), _KEYS if number_keys else {_TEXT})
            document.refuse_problems()
            document.data = loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise EmolaborError(_say("no_yaml", file=file, line=line, problem=error.problem)) from None
    finally:
        loader.dispose()
    return document


def open_document(key_or_path, shipped, schema_path):
    """Read a file that ships with the package, or a user's file checked against a JSON Schema.

    Parameters
    ----------
    key_or_path : str or Path
        A key of `shipped`, or the path of a YAML file.
    shipped : dict of str to Path
        The files of the package.
    schema_path : Path
        A JSON Schema, draft 2020-12; its ``description`` is what the message says is allowed.

    Returns
    -------
    Document
        The content with its line numbers.

    Raises
    ------
    EmolaborError
        No such key or file, or mistakes in it: each with file, line, key, what was found and what is allowed.
    """
    if str(key_or_path) in shipped:
        # The tests hold shipped files to the schema; here it is skipped, as importing jsonschema can take seconds.
        return read_document(shipped[str(key_or_path)])
    if Path(key_or_path).suffix not in (".yaml", ".yml"):
        refuse("key_or_path", shown(str(key_or_path)), f"the path of a .yaml file, or {', '.join(shipped)}")
    document = read_document(key_or_path)
    check_schema(document, json.loads(schema_path.read_text(encoding="utf-8")))
    return document


def check_schema(document, schema):
    """Check a document against a JSON Schema.

    Parameters
    ----------
    document : Document
        What was read.
    schema : dict
        A JSON Schema, draft 2020-12; its ``description`` is what the message says is allowed.

    Raises
    ------
    EmolaborError
        Mistakes: each with file, line, key, what was found and what is allowed.
    """
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for error in validator.iter_errors(document.data):
        _explain(error, document)
    document.refuse_problems()


def read_plain_text(path):
    """Read a text file.

    Parameters
    ----------
    path : str or Path
        A file in UTF-8, with or without a byte order mark.

    Returns
    -------
    str
        Its content.

    Raises
    ------
    EmolaborError
        The file cannot be read, is not in UTF-8, or holds an unprintable character.
    """
    refuse_endless(path)
    try:
        if Path(path).stat().st_size > _MAX_BYTES:
            raise EmolaborError(_say("too_large", file=path, limit=_MAX_BYTES))
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise EmolaborError(_say("not_utf_8", file=path)) from None
    except OSError as error:
        raise EmolaborError(_say("unreadable", file=path, reason=error.strerror)) from None
    for number, line in enumerate(text.split("\n"), start=1):
        if (sign := _unprintable(line)) is not None:
            raise EmolaborError(_say("unprintable_in", file=path, line=number, sign=sign))
    return text


def _unprintable(text):
    """Name the first character that is not seen: controls, zero-width marks, line separators; blanks are text."""
    for sign in text:
        if (unicodedata.category(sign)[0] == "C" and sign not in "\t\n") or sign in "\u2028\u2029":
            return _say("unprintable", code=f"{ord(sign):04X}")
    return None


def _refuse_depth(text):
    """Raise the YAML error of entries nested deeper than any scale's; the parser would crash on very deep ones."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            problem = f"entries nested more than {_DEEPEST} deep"
            raise yaml.composer.ComposerError(None, None, problem, event.start_mark)


def _note_lines(node, where, document, seen, keys):
    """Walk the node tree once. Aliases are refused: with them a small file could stand for an endless one."""
    if id(node) in seen:
        document.problem(where, _say("alias"), _say("written_out"))
        return
    seen.add(id(node))
    if node.tag not in _PLAIN:
        document.problem(where, _say("tag", tag=node.tag.replace(_TAG, "!!")), _say("untagged"))
    if isinstance(node, yaml.ScalarNode) and (sign := _unprintable(node.value)) is not None:
        document.problem(where, sign, _say("plain_text"))
    if isinstance(node, yaml.SequenceNode):
        for position, child in enumerate(node.value):
            # An alias has the place of what it stands for, which is elsewhere.
            line = document.lines[where] if id(child) in seen else child.start_mark.line + 1
            document.lines[(*where, position)] = line
            _note_lines(child, (*where, position), document, seen, keys)
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            entry = (*where, key.value if isinstance(key, yaml.ScalarNode) else "?")
            if entry in document.lines:
                line = key.start_mark.line + 1
                document.problem(entry, _say("key_again", line=line), _say("key_once"))
                continue
            document.lines[entry] = key.start_mark.line + 1
            if isinstance(child, yaml.ScalarNode) and child.start_mark.index == child.end_mark.index:
                document.blank.add(entry)
            if key.tag not in keys:
                document.problem(entry, _say("key_not_text"), _say("key_quoted"))
            _note_lines(child, entry, document, seen, keys)


def _explain(error, document):
    """Turn one schema error into a noted mistake in plain words."""
    where, value, rule = list(error.absolute_path), error.instance, error.validator_value
    match error.validator:
        case "required":
            for key in [key for key in rule if key not in value]:
                document.problem([*where, key], _say("nothing"), _say("required"))
        case "additionalProperties":
            known = error.schema["properties"]
            for key in [key for key in value if key not in known]:
                document.problem([*where, key], _say("unknown_key"), ", ".join(known))
        case "type":
            kinds = [rule] if isinstance(rule, str) else rule
            document.problem(where, _show(value), _say("or").join(map(_say, kinds)))
        case "enum":
            document.problem(where, _show(value), ", ".join(map(str, rule)))
        case "minItems" | "minProperties":
            document.problem(where, _say("entries", n=len(value)), _say("at_least", n=rule))
        case "uniqueItems":
            document.problem(where, _show(value), _say("each_once"))
        case "minimum" | "maximum":
            limit = "at_least" if error.validator == "minimum" else "at_most"
            document.problem(where, _show(value), _say(limit, n=rule))
        case _:
            document.problem(where, _show(value), error.schema["description"])


def _show(value):
    if value is None:
        return _say("nothing")
    if isinstance(value, dict):
        return _say("a_mapping_with", keys=", ".join(value))
    if isinstance(value, bool):
        return str(value).lower()
    return _say("a_text", text=value) if isinstance(value, str) else repr(value)
