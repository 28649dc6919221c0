"""A scale as text for people."""

from emolabor.scales.guidelines import GUIDELINES


def scale_page(scale):
    r"""Write what a scale is, line by line.

    Parameters
    ----------
    scale : Scale
        The scale.

    Returns
    -------
    str
        Items with their texts, answers, rights, status, sources and record; ``(-)`` marks reverse-worded items.

    Examples
    --------
    >>> from emolabor.scales import load_scale
    >>> print("\n".join(scale_page(load_scale("belonging")).splitlines()[:3]))
    belonging: 归属感 / Belonging
      觉得自己是所在政务服务中心的一员。
      The sense of being part of this service centre.
    """
    lines = [f"{scale.key}: {_both(scale.names)}", *_texts(scale.construct)]
    lines += ["", "Instruction", *_texts(scale.instruction)]
    for dimension in scale.dimensions:
        lines += ["", f"{dimension.key}: {_both(dimension.names)}"]
        if not dimension.items:
            lines.append("  its items have not been looked up")
        for item in dimension.items:
            lines.append(f"  {item.key}{' (-)' if item.reverse else ''}")
            lines += [f"  {line}" for line in _texts(item.text)] if item.text else []
    lines += ["", "Answers", *_answers(scale.response_format)]
    lines += ["", "Rights", *(f"  {name}: {value}" for name, value in scale.rights.items())]
    lines += ["", f"Status: {scale.status}"]
    lines += [f"  {entry['study']}; {entry['sample']}; {entry['language']}{_mark(entry)}" for entry in scale.validation]
    lines += ["", "Sources", *(f"  {entry['source']}: {entry['use']}{_mark(entry)}" for entry in scale.citations)]
    if scale.facts:
        lines += ["", "What is known of it"]
        lines += [f"  {fact['about']}: {fact['says']} ({fact['source']}){_mark(fact)}" for fact in scale.facts]
    if scale.adaptation:
        lines += ["", "Record of the adaptation", *_record(scale.adaptation)]
    return "\n".join(lines) + "\n"


def _both(translations):
    return " / ".join(translations.values())


def _texts(translations):
    return [f"  {text}" for text in translations.values()] if translations else ["  withheld"]


def _answers(response_format):
    if response_format is None:
        return ["  not looked up"]
    if response_format.labels is None:
        return [f"  1 to {response_format.points}, labels withheld"]
    labels = zip(*response_format.labels.values(), strict=True)
    return [f"  {code} {' / '.join(words)}" for code, words in zip(response_format.codes, labels, strict=True)]


def _record(entries):
    lines = []
    for entry in entries:
        roles = ", ".join(entry["roles"])
        lines.append(f"  {entry['date']} {entry['part']}: {entry['step']} by {roles}. {entry['change']}")
        for sign, name in (("-", "old"), ("+", "new")):
            lines += [f"    {aspect} {sign} {value}" for aspect, value in entry.get(name, {}).items()]
        lines.append(f"    serves {entry['guideline']}: {GUIDELINES[entry['guideline']]}")
    return lines


def _mark(entry):
    return "" if entry["verified"] else " [not verified]"
