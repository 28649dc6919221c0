"""Whether the numbers of a table that was typed in can be what a paper printed."""

from __future__ import annotations

from collections import Counter

import numpy as np
from scipy.special import stdtr

LEVELS = (0.05, 0.01, 0.001)  # of one, two and three stars
ALIKE = 0.8  # share of the correlations that two tables of equal N have in common where they are one sample


def matrix_faults(entry):
    """What keeps the numbers from being a correlation matrix, a sentence each."""
    faults, cor = [], entry.cor
    for i, name in enumerate(entry.names):
        for j in range(i):
            pair = f"table: {name} with {entry.names[j]}"
            low, high = cor[i, j], cor[j, i]
            if np.isnan(low) and np.isnan(high):
                faults.append(f"{pair}: found nothing; allowed: a correlation, or leave the variable out")
            elif not np.isnan(low) and not np.isnan(high) and low != high:
                faults.append(f"{pair}: not symmetric: found {low:g} below and {high:g} above the diagonal")
            elif not abs(np.nan_to_num(low) + 0.0) < 1 or not abs(np.nan_to_num(high)) < 1:
                faults.append(f"{pair}: found {low if not np.isnan(low) else high:g}; allowed: between -1 and 1")
    for i, name in enumerate(entry.names):
        alpha, sd = entry.numbers.loc[i, "alpha"], entry.numbers.loc[i, "sd"]
        if alpha and not 0 < float(alpha) <= 1:
            faults.append(f"table: {name}: alpha: found {alpha}; allowed: above 0, at most 1")
        if sd and not float(sd) > 0:
            faults.append(f"table: {name}: sd: found {sd}; allowed: above 0")
    if not faults and len(cor) < 2:
        faults.append("table: found fewer than two variables; allowed: two or more")
    if not faults:
        whole = np.where(np.isnan(cor), cor.T, cor)
        np.fill_diagonal(whole, 1.0)
        for i in range(1, len(whole)):
            if np.linalg.eigvalsh(whole[: i + 1, : i + 1])[0] <= 0:
                found = f"with {entry.names[i]} the correlations are no longer positive definite"
                faults.append(f"table: {found}; allowed: such as are; look for a digit or a sign mistyped")
                break
    return faults


def star_faults(entry, n):
    """Cells whose stars fit no value that rounds to the one printed: ((a, b), zh, en) each.

    A table in which no cell has a star says nothing. Two-sided p of t with n - 2 degrees of freedom.
    """
    if not any(mark.startswith("*") for mark in entry.stars.values()):
        return []
    half, found = 0.5 * 10.0 ** -entry.decimals["correlation"], []
    for i in range(len(entry.names)):
        for j in range(i):
            r = abs(entry.cor[i, j] if not np.isnan(entry.cor[i, j]) else entry.cor[j, i])
            mark = entry.stars.get((i, j), "")
            printed = 0 if mark == "†" else len(mark)
            least, most = _stars(max(r - half, 0.0), n), _stars(min(r + half, 1 - 1e-12), n)
            if not least <= printed <= most:
                p = _p(r, n)
                zh = f"印有 {printed} 颗星，而 r = {r:g}、N = {n} 时 p = {p:.3g}。"
                en = f"{printed} stars in print, but p = {p:.3g} at |r| = {r:g} and N = {n}"
                found.append(((entry.names[i], entry.names[j]), zh, en))
    return found


def _p(r, n):
    return float(2 * stdtr(n - 2, -r * np.sqrt((n - 2) / (1 - r**2))))


def _stars(r, n):
    return sum(_p(r, n) < level for level in LEVELS)


def double_of(entry, n, tables):
    """Say of which table this is the same sample, or nothing: equal N, and most correlations of one in the other."""
    lower = np.where(np.isnan(entry.cor), entry.cor.T, entry.cor)[np.tril_indices(len(entry.names), -1)]
    own = Counter(np.round(np.abs(lower), 2).tolist())
    for key, table in tables.items():
        values = table.cor.to_numpy()[np.tril_indices(len(table.cor), -1)]
        other = Counter(np.round(np.abs(values), 2).tolist())
        fewest = min(own.total(), other.total())
        alike = (own & other).total()
        if table.n == n and fewest >= 3 and alike >= ALIKE * fewest:
            return (
                f"{alike} of {fewest} correlations and N = {n} are those of {key}: one sample would count twice; "
                "allowed: another sample"
            )
    return ""
