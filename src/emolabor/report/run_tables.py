"""The tables of the run's page: claims with their verdicts, notebooks with what comparing them gave."""

import re
from itertools import groupby

from emolabor.drawing.formats import show
from emolabor.report.bilingual import TAGS, described, filled, worded


def claims_content(notebook, names, claims):
    """Lay out the claims: each with a row a path, its estimate, interval and verdict; what the verdicts mean."""
    verdicts = notebook.values["verdicts"]
    claims = {claim.id: claim for claim in claims}
    smallest = worded("smallest_of", **{kind: f"{size:g}" for kind, size in notebook.values["smallest"].items()})
    found = {row["verdict"] for row in verdicts.values()}
    meanings = described()["meanings"].items()
    shown = []
    for claim_id, rows in groupby(verdicts.items(), lambda row: row[0].partition(" ")[0]):
        claim = claims[claim_id]
        own = [_row(claim, key.partition(" ")[2], row, names) for key, row in rows]
        shown.append({"id": claim_id, "text": claim.text, "reason": claim.reason, "rows": own})
    return {
        "guide": {verdict: filled(texts, smallest=smallest) for verdict, texts in meanings if verdict in found},
        "claims": shown,
        "source": described()["sources"][notebook.data],
    }


def _row(claim, key, row, names):
    """One path: in words, with the direction that the claim expects, where it comes from, and what was found."""
    if claim.reason:
        return {"verdict": row["verdict"], "beside": None}
    est, interval = "–", ""
    if row["est"] is not None:
        est, lower, upper = (show(row[name], ".2f") for name in ("est", "ci_lower", "ci_upper"))
        interval = f"[{lower}, {upper}]"
    return {
        "path": _path(key, names),
        "expected": worded("expected", sign="+" if row["expected"] == "+" else "−"),
        "origin": _origin(claim, key),
        "est": est,
        "interval": interval,
        "verdict": row["verdict"],
        "beside": _beside(row),
    }


def _beside(row):
    """Say the adjusted p value, and whether WLSMV gives the same verdict; nothing of a path that was not tested."""
    if row["est"] is None:
        return None
    told = row.get("wlsmv", "not_asked")  # its part of the notebook may have failed
    known = described()["verdicts"] | described()["wlsmv"]
    same = worded("wlsmv_same") if told == row["verdict"] else known[told]
    adjusted = show(row["pvalue_adjusted"], "p").removeprefix("= ")
    return worded("beside", adjusted=adjusted, wlsmv=same)


def _path(key, names):
    """Write a path such as a*b>c in words."""
    signs = {">": " → ", "*": " × "}
    return {
        language: "".join(signs.get(part) or labels.get(part, part) for part in re.split("([>*])", key))
        for language, labels in names.items()
    }


def _origin(claim, key):
    """Say where a path comes from, if the claims tell."""
    path = next((one for one in (*claim.paths, *claim.unmeasured) if one.key == key), None)
    if path is None or path.origin is None:
        return None
    return worded(f"origin_{path.origin}", place="; ".join(path.place))


def closing_content(folder, notebooks, done):
    """Lay out the notebooks: values compared and equal, or why not; every difference and every problem."""
    rows = []
    for name, row in notebooks.iterrows():
        counted = name in done and row["reason"] == ""
        counts = {key: f"{row[key]:,}" if counted else "–" for key in ("compared", "equal")}
        remark, detail = _remark(row)
        titles = done[name].titles if name in done else None
        left = (folder / f"{name}.json").is_file()
        said = {"problem": row["problem"], "is_left_over": left, "remark": remark, "detail": detail}
        rows.append({"name": name, "titles": titles, **counts, **said})
    totals = {key: f"{int(notebooks[key].sum()):,}" for key in ("compared", "equal")}
    differences = [
        {"key": str(one.key), "name": name, "reference": one.reference, "found": one.found}
        for name, own in notebooks["differences"].items()
        for one in own
    ]
    return {"rows": rows, "differences": differences, **totals}


def _remark(row):
    """What is to be said of a notebook that did not fail: in both languages, and a detail that has none."""
    if row["skipped"]:
        return worded("skipped", why=row["skipped"]), ""
    if row["reason"]:
        kind, colon, detail = row["reason"].partition(": ")
        return described()["reasons"].get(kind, {code: kind for code in TAGS}), colon + detail
    different = row["compared"] - row["equal"]
    return (worded("differs", n=different) if different else worded("as_reference")), ""
