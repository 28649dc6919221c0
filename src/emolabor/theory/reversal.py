"""Dimensions coded in reverse as a whole: within them nothing looks wrong, only beside the others."""

from emolabor.common.checks import check_language
from emolabor.responses import score
from emolabor.theory.claims import load_claims

# Three claims that go wrong together, each by three standard errors of a correlation (1 / sqrt(n)), are no chance.
_CLAIMS, _STANDARD_ERRORS = 3, 3
_SENTENCE = {
    "en": "All of {construct} goes against what the claims expect of it ({found}); nothing was changed: was the whole "
    "dimension coded in reverse? If so, its results have the wrong sign; a mapping file can turn it (turned).",
    "zh": "{construct} 整个维度与各主张所预期的方向相反（{found}），未作改动：是否整个维度反向编码？若是，"
    "其结果符号都是反的；可在映射文件中用 turned 还原。",
}


def reversed_dimensions(staff, claims=None):
    """Find dimensions whose correlations go against every claim about them.

    Parameters
    ----------
    staff : Staff
        Answers that were read.
    claims : iterable of Claim, optional
        By default the essay's.

    Returns
    -------
    dict of str to dict
        Construct -> (the other construct -> correlation) for those with three or more direct claims clearly gone
        wrong and none clearly right. Of constructs with fewer claims nothing can be told.

    Examples
    --------
    >>> import emolabor as el
    >>> from emolabor.responses import Staff
    >>> staff = el.simulate_staff(400, seed=1)
    >>> instrument = el.load_instrument("window_staff")
    >>> turned = staff.assign(**{item: 6 - staff[item] for item in instrument.dimensions()["deep_acting"]})
    >>> list(reversed_dimensions(Staff(turned, None, instrument))), reversed_dimensions(Staff(staff, None, instrument))
    (['deep_acting'], {})
    """
    r = score(staff).corr()
    clear = _STANDARD_ERRORS / len(staff.data) ** 0.5
    wrong, right = {}, set()
    for claim in load_claims() if claims is None else claims:
        for path in (path for path in claim.paths if path.kind == "path" and {path.source, path.to} <= set(r)):
            found = r.loc[path.source, path.to]
            expected = found if path.sign == "+" else -found
            if expected > clear:
                right |= {path.source, path.to}
            elif expected < -clear:
                wrong.setdefault(path.source, {})[path.to] = found
                wrong.setdefault(path.to, {})[path.source] = found
    return {name: others for name, others in wrong.items() if len(others) >= _CLAIMS and name not in right}


def tell_reversed(staff, language):
    """Say which dimensions may be coded in reverse as a whole.

    Parameters
    ----------
    staff : Staff
        Answers that were read.
    language : {"zh", "en"}
        Language of the sentences.

    Returns
    -------
    str
        A line a dimension.
    """
    check_language(language, tuple(_SENTENCE))
    return "\n".join(
        _SENTENCE[language].format(
            construct=name, found=", ".join(f"{other}: r = {r:.2f}" for other, r in others.items())
        )
        for name, others in reversed_dimensions(staff).items()
    )
