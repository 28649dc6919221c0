"""The tables of the run's page: claims with their verdicts, notebooks with what comparing them gave."""

import re
from html import escape
from itertools import groupby

from emolabor.drawing.formats import show
from emolabor.report.bilingual import TAGS, both, described, filled, word


def section(key, *parts):
    """Write a section of the page under its heading."""
    return f'<section aria-labelledby="{key}">\n<h2 id="{key}">{word(key)}</h2>\n' + "\n".join(parts) + "\n</section>"


def _table(caption, heads, body, note=""):
    """Write a table in three lines, caption above, note below."""
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    below = f'<p class="note">{note}</p>' if note else ""
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead>{body}</table>{below}"


def claims_section(notebook, names, claims):
    """Tabulate the claims: a head with the claim, below it a row a path with estimate, interval and verdict."""
    verdicts = notebook.values["verdicts"]
    claims = {claim.id: claim for claim in claims}
    body = []
    for claim_id, rows in groupby(verdicts.items(), lambda row: row[0].partition(" ")[0]):
        claim = claims[claim_id]
        text = f'<span class="id">{claim_id}</span> {both(claim.text)}'
        lines = [f'<tr class="claim"><th scope="rowgroup" colspan="3">{text}</th></tr>']
        for key, row in rows:
            if claim.reason:
                cells = f"<td colspan=2>{both(claim.reason)}</td>"
            else:
                key = key.partition(" ")[2]
                path = _path(key, row["expected"], names)
                cells = f"<td>{path}{_origin(claim, key)}</td><td class=number>{_estimate(row)}</td>"
            lines.append(f"<tr>{cells}<td>{_verdict(row['verdict'])}</td></tr>")
        body.append(f"<tbody>{''.join(lines)}</tbody>")
    heads = [word("path"), word("estimate"), word("verdict")]
    guide = _guide({row["verdict"] for row in verdicts.values()}, notebook.parameters["smallest_effect"])
    note = word("claims_note") + both(described()["sources"][notebook.data])
    return section("claims", guide, _table(word("claims_caption"), heads, "".join(body), note))


def _guide(found, smallest_effect):
    """Say how to read an estimate, and what each verdict means that was given."""
    meanings = [
        f"<dt>{_verdict(verdict)}</dt><dd>{both(filled(texts, smallest=f'{smallest_effect:g}'))}</dd>"
        for verdict, texts in described()["meanings"].items()
        if verdict in found
    ]
    return f'<p>{word("claims_guide")}</p><dl class="guide">{"".join(meanings)}</dl>'


def _path(key, expected, names):
    """Write a path such as a*b>c in words, with the direction that the claim expects."""
    signs = {">": " → ", "*": " × "}
    worded = {
        language: "".join(signs.get(part) or labels.get(part, part) for part in re.split("([>*])", key))
        for language, labels in names.items()
    }
    return f'{both(worded)} <span class="aside">{word("expected", sign="+" if expected == "+" else "−")}</span>'


def _origin(claim, key):
    """Say where a path comes from, if the claims tell."""
    path = next((one for one in (*claim.paths, *claim.unmeasured) if one.key == key), None)
    if path is None or path.origin is None:
        return ""
    return f' <span class="aside">{word(f"origin_{path.origin}", place="; ".join(path.place))}</span>'


def _estimate(row):
    if row["est"] is None:
        return "–"
    est, lower, upper = (show(row[key], ".2f") for key in ("est", "ci_lower", "ci_upper"))
    return f'{est} <span class="interval">[{lower}, {upper}]</span>'


def _verdict(verdict):
    return f'<span class="verdict {verdict}">{both(described()["verdicts"][verdict])}</span>'


def closing_section(folder, notebooks, done):
    """Tabulate the notebooks: values compared and equal, or why not; then every difference and every problem."""
    rows = []
    for name, row in notebooks.iterrows():
        label = escape(name)
        if name in done:
            label = f'<a href="notebooks/{label}.ipynb">{both(done[name].titles)}</a> <code>{label}</code>'
        counted = name in done and row["reason"] == ""
        counts = [f"{row[key]:,}" if counted else "–" for key in ("compared", "equal")]
        cells = "".join(f"<td>{count}</td>" for count in counts)
        rows.append(f'<tr><th scope="row">{label}</th>{cells}<td class=remark>{_remark(row)}</td></tr>')
    counts = "".join(f"<td>{int(notebooks[key].sum()):,}</td>" for key in ("compared", "equal"))
    total = f'<tfoot><tr><th scope="row">{word("all_notebooks")}</th>{counts}<td></td></tr></tfoot>'
    heads = [word("notebook"), word("compared"), word("equal"), word("remark")]
    note = f'{word("closing_note")} <a href="environment.json">environment.json</a>'
    body = f"<tbody>{''.join(rows)}</tbody>{total}"
    problems = [_problem(name, row["problem"], folder) for name, row in notebooks.iterrows() if row["problem"]]
    differences = [
        f"<li><code>{escape(str(one.key))}</code> ({escape(name)}): "
        f"{word('difference', reference=one.reference, found=one.found)}</li>"
        for name, own in notebooks["differences"].items()
        for one in own
    ]
    failed = f"<h3>{word('problems')}</h3><ul>{''.join(problems)}</ul>" if problems else ""
    summary = f"<summary>{word('differences', n=len(differences))}</summary>"
    differing = f"<details>{summary}<ul>{''.join(differences)}</ul></details>" if differences else ""
    return section("closing", _table(word("closing_caption"), heads, body, note), failed, differing)


def _remark(row):
    if row["problem"]:
        return f"<strong>{word('failed')}</strong>"
    if row["skipped"]:
        return word("skipped", why=row["skipped"])
    if row["reason"]:
        kind, colon, detail = row["reason"].partition(": ")
        known = described()["reasons"].get(kind, {code: kind for code in TAGS})
        return f"{both(known)}{escape(colon + detail)}"
    different = row["compared"] - row["equal"]
    return word("differs", n=different) if different else word("as_reference")


def _problem(name, problem, folder):
    left = f" {word('left_over')}" if (folder / f"{name}.json").is_file() else ""
    return f"<li>{escape(problem)}{left}</li>"
