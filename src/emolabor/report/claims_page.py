"""The page of claims: what is claimed, where every path comes from, and the essay sentence by sentence."""

from importlib import resources

import yaml

from emolabor.instrument import load_instrument
from emolabor.theory import claim_paths, essay_source, load_claims, load_essay

SHEETS = (
    "```sh\nemolabor claims sheet --filled --output coder1.csv\nemolabor claims sheet --output coder2.csv\n```\n\n"
    "{after}\n\n"
    "```sh\nemolabor claims agreement coder1.csv coder2.csv\n```"
)


def claims_page(language):
    """Write the page of claims.

    Parameters
    ----------
    language : {"en", "zh"}
        Of the page.

    Returns
    -------
    str
        Markdown.

    Examples
    --------
    >>> claims_page("en").splitlines()[0]
    '# What the essay claims, and what is ours'
    """
    words, claims = _words(language), load_claims()
    names, paths = load_instrument("window_staff").names(language), claim_paths(claims)
    counts = paths["origin"].value_counts().to_dict()
    parts = [f"# {words['title']}", words["other"], words["intro"].format(source=essay_source()[language])]
    parts += [words["origins"].format(**counts), words["coder"]]
    filled = {"en": "and, when it is filled in:", "zh": "填好之后："}[language]
    parts += [SHEETS.format(after=filled), words["after"]]
    parts += [f"## {words['map_head']}", words["map_text"], words["map"], f"## {words['claims_head']}"]
    for section in dict.fromkeys(claim.section for claim in claims):
        parts.append(f"### {words.get(section) or words['section'].format(section=section)}")
        for claim in claims:
            if claim.section == section:
                parts += _claim(claim, paths[paths["claim"] == claim.id], names, language)
    parts += [f"## {words['sentences_head']}", words["sentences"], _sentences(paths, language)]
    return "\n\n".join(parts) + "\n"


def _words(language):
    text = resources.files(__package__).joinpath("claims_page.yaml").read_text(encoding="utf-8")
    return {key: word[language] for key, word in yaml.safe_load(text).items()}


def _claim(claim, paths, names, language):
    words = _words(language)
    parts = [f"**{claim.id}** {claim.text[language]}"]
    if claim.paths:
        rows = [words["head"], "|---|---|---|---|---|"]
        for path, row in zip(claim.paths, paths.itertuples(), strict=True):
            start = names[path.source] + (f" × {names[path.moderator]}" if path.moderator else "")
            way = " → ".join([start, *([names[path.via]] if path.via else []), names[path.to]])
            sign = path.sign.replace("-", "−")
            rows.append(f"| {way} | {sign} | {words.get(row.origin, row.origin)} | {row.place} | {row.citation} |")
        parts.append("\n".join(rows))
    if claim.reason:
        stop = {"en": ": ", "zh": "："}[language]
        parts.append(f"*{words['not_testable']}*{stop}{claim.reason[language]}")
    if claim.caution:
        parts.append(claim.caution[language])
    return parts


def _sentences(paths, language):
    """Every sentence, with the claims that rest on it; one without a claim says something that is not tested."""
    rows = [_words(language)["place"], "|---|---|---|"]
    for place, says in load_essay()[f"says_{language}"].items():
        named = paths.loc[[place in one.split("; ") for one in paths["place"]], "claim"]
        rows.append(f"| {place} | {says} | {', '.join(dict.fromkeys(named))} |")
    return "\n".join(rows)
