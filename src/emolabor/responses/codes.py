"""Which code of the questionnaire a number of the file means: told by its labels and by the numbers of its block."""

from collections import Counter
from dataclasses import dataclass, field

from emolabor.responses.words import say

# Numbers beside the questionnaire's are stray marks until they are that share of a block's answers, and that many.
_STRAY, _STRAY_ANSWERS = 0.02, 5


@dataclass
class Numbers:
    """What a file says about the numbers in one column.

    Attributes
    ----------
    codes : tuple of int
        The codes of the questionnaire.
    ordered : bool
        Whether the codes are steps of one scale, so that two of them tell where the others lie.
    counts : dict of float to int
        How many rows hold each number; without those that a mapping explains.
    known : dict of float to int
        Numbers whose label is one of the questionnaire's, and its code.
    unknown : set of float
        Numbers whose label is none of the questionnaire's.
    redefined : bool
        Whether a mapping gives numbers other codes; then those that it leaves out mean nothing.
    """

    codes: tuple
    ordered: bool
    counts: dict = field(default_factory=dict)
    known: dict = field(default_factory=dict)
    unknown: set = field(default_factory=set)
    redefined: bool = False


def meanings(block):
    """Say what the numbers of each column mean.

    Parameters
    ----------
    block : list of Numbers
        Columns that were asked together and have the same codes.

    Returns
    -------
    list of tuple of dict, (str or None)
        For each column a table from number to code, and why other numbers mean nothing, where there is more to say than
        that they are no codes.

    Examples
    --------
    >>> meanings([Numbers((1, 2, 3), True, {0.0: 9, 1.0: 12, 2.0: 7})])
    [({}, '0 occurs and 3 never does: does the scale of the file begin at 0?')]
    >>> meanings([Numbers((1, 2, 3), True, {1.0: 9, 2.0: 1}, known={1.0: 3, 3.0: 1})])
    [({3.0: 1, 2.0: 2, 1.0: 3}, None)]
    """
    shared, codes = _shared_labels(block), {float(code): code for code in block[0].codes}
    results = []
    for numbers in block:
        known = numbers.known if shared is None else shared
        if numbers.redefined:
            results.append((numbers.known, say("why_mapping")))
        elif known or numbers.unknown:
            results.append(_by_labels(known, numbers))
        elif any(not _agree(other.known) for other in block if not other.redefined):
            results.append(({}, say("why_labels_elsewhere")))
        else:
            results.append((codes, None))
    if not codes:
        return results
    # Labels at both ends leave no doubt where the scale of the file begins and ends.
    open_ended = [
        table.keys() == codes.keys() and not {*numbers.codes[:1], *numbers.codes[-1:]} <= set(numbers.known.values())
        for numbers, (table, _) in zip(block, results, strict=True)
    ]
    counts = sum(
        (Counter(numbers.counts) for numbers, is_open in zip(block, open_ended, strict=True) if is_open), Counter()
    )
    doubt = _another_scale(counts, block[0].codes)
    return [({}, doubt) if doubt and is_open else result for result, is_open in zip(results, open_ended, strict=True)]


def _agree(known):
    return all(number == code for number, code in known.items())


def _shared_labels(block):
    """Return the known labels of all columns together, or None where two columns differ about a number."""
    shared = {}
    for numbers in block:
        for number, code in numbers.known.items():
            if shared.setdefault(number, code) != code:
                return None
    return shared if all(numbers.known or numbers.unknown for numbers in block) else None


def _by_labels(known, numbers):
    """Extend the known labels to the numbers between them, where they tell the direction; else take them alone."""
    codes = {float(code): code for code in numbers.codes}
    same = _agree(known)
    if not numbers.ordered:
        rest = codes if same and known else {}
        return {n: code for n, code in rest.items() if n not in numbers.unknown} | known, say("why_labels_other")
    line = _line(known, (numbers.codes[0] + numbers.codes[-1]) / 2)
    if line:
        slope, offset = line
        return {slope * (code - offset): code for code in numbers.codes} | known, None
    if same and not numbers.unknown & set(codes):
        return codes, None
    return known, say("why_labels_unknown")


def _line(known, middle):
    """Return slope (1 or -1) and offset of the line from numbers to codes on which all known labels lie, or None."""
    if _agree(known) and any(number != middle for number in known):
        return 1, 0
    (first, code), *others = sorted(known.items()) or [(None, None)]
    for slope in (1, -1) if others else ():
        offset = code - slope * first
        if all(slope * number + offset == other for number, other in others):
            return slope, offset
    return None


def _another_scale(counts, codes):
    """Say why the numbers of a block look like those of another scale, or None."""
    low, high, total = codes[0], codes[-1], sum(counts.values())
    below, above = _run(counts, low - 1, -1), _run(counts, high + 1, 1)
    if below and not counts.get(float(high)):
        return say("why_starts_at_0", numbers=_spoken(below), high=high, low=f"{below[-1]:g}")
    beside = sum(counts[number] for number in below + above)
    if beside >= max(_STRAY_ANSWERS, _STRAY * total):
        return say("why_other_points", numbers=_spoken(sorted(below + above)), low=low, high=high)
    return None


def _run(counts, start, step):
    """List the numbers that occur one after the other from the start on."""
    run = []
    while counts.get(float(start + step * len(run))):
        run.append(float(start + step * len(run)))
    return run


def _spoken(numbers):
    listed = say("comma").join(f"{number:g}" for number in numbers)
    return say("occurs" if len(numbers) == 1 else "occur", numbers=listed)
