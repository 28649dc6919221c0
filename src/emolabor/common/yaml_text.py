"""YAML as text: written afresh, or changed in one place so that the user's comments and layout stay."""

import json

import yaml


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key, as the scales of the library do, and writes out what stands twice."""

    def ignore_aliases(self, data):
        return True

    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


def _list(dumper, values):
    short = all(isinstance(value, str) for value in values) and sum(map(len, values)) < 100
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=short)


_Dumper.add_representer(list, _list)
_Dumper.add_representer(tuple, _list)


def dump(data):
    """Write data as YAML, one line a text.

    Parameters
    ----------
    data : dict or list
        Mappings, lists, texts, numbers and booleans.

    Returns
    -------
    str
        YAML with its last line ended.

    Examples
    --------
    >>> print(dump({"key": "calm", "labels": ["No", "Yes"], "items": [{"key": "ca1"}]}), end="")
    key: calm
    labels: ['No', 'Yes']
    items:
      - key: ca1
    """
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=float("inf"))


def replace_text(source, where, value):
    """Replace one text of a YAML file.

    Parameters
    ----------
    source : str
        The file's content.
    where : tuple
        Path of the entry, e.g. ``("dimensions", 0, "items", 2, "text", "zh")``.
    value : str
        The new text.

    Returns
    -------
    str
        The content with that text changed and everything else as it was.

    Examples
    --------
    >>> replace_text("zh: 是  # yes", ("zh",), "否")
    'zh: 否  # yes'
    """
    node = _find(source, where)
    start, end = node.start_mark.index, node.end_mark.index
    # Inside [ ] and { } a comma would end a text without quotes.
    written = _one_line(value, style='"' if set(value) & set(",[]{}") else None)
    return source[:start] + written + ("\n" if source[start:end].endswith("\n") else "") + source[end:]


def add_key(source, where, key, value):
    r"""Add a key to a mapping of a YAML file.

    Parameters
    ----------
    source : str
        The file's content.
    where : tuple
        Path of a mapping that has at least one key.
    key : str
        A key that it does not have.
    value : str or list of str
        What the key holds.

    Returns
    -------
    str
        The content with the key at the end of the mapping and everything else as it was.

    Examples
    --------
    >>> print(add_key("text:\n  zh: 是  # yes\nreverse: false", ("text",), "en", "Right"))
    text:
      zh: 是  # yes
      en: Right
    reverse: false
    """
    node = _find(source, where)
    if node.flow_style:
        end = node.value[-1][1].end_mark.index
        written = json.dumps(value, ensure_ascii=False)  # JSON is YAML inside { }
        return f"{source[:end]}, {key}: {written}{source[end:]}"
    lines = source.splitlines(keepends=True)
    last = _last_line(node)
    lines[last] = lines[last].rstrip("\n") + "\n"
    indent = " " * node.start_mark.column
    new = [indent + line for line in dump({key: value}).splitlines(keepends=True)]
    return "".join([*lines[: last + 1], *new, *lines[last + 1 :]])


def append_entry(source, key, entry):
    r"""Append an entry to a list at the top level of a YAML file.

    Parameters
    ----------
    source : str
        The file's content; the list has at least one entry.
    key : str
        Key of the list.
    entry : dict
        What is appended.

    Returns
    -------
    str
        The content with the entry at the end of the list and everything else as it was.

    Examples
    --------
    >>> print(append_entry("a:\n  - b: 1  # one\nc: 2", "a", {"b": 3}))
    a:
      - b: 1  # one
      - b: 3
    c: 2
    """
    node = _find(source, (key,))
    lines = source.splitlines(keepends=True)
    if node.flow_style:
        entries = [*yaml.safe_load(source)[key], entry]
        written = json.dumps(entries, ensure_ascii=False)  # JSON is YAML inside [ ] and { }
        return source[: node.start_mark.index] + written + source[node.end_mark.index :]
    last = _last_line(node)
    lines[last] = lines[last].rstrip("\n") + "\n"
    indent = " " * node.start_mark.column
    new = [indent + line for line in dump([entry]).splitlines(keepends=True)]
    return "".join([*lines[: last + 1], *new, *lines[last + 1 :]])


def _one_line(value, style):
    text = yaml.safe_dump(value, allow_unicode=True, width=float("inf"), default_style=style)
    return text.removesuffix("...\n").rstrip("\n")


def _find(source, where):
    node = yaml.compose(source, Loader=yaml.SafeLoader)
    for step in where:
        if isinstance(node, yaml.MappingNode):
            node = next(child for key, child in node.value if key.value == step)
        else:
            node = node.value[step]
    return node


def _last_line(node):
    """Number, from 0, of the line where a node ends, comments after it left out."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style:
        return node.end_mark.line - (node.end_mark.column == 0)
    last = node.value[-1]
    return _last_line(last[1] if isinstance(last, tuple) else last)
