"""Pooled correlations: cell by cell, and all together as the first stage of a two-stage model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from emolabor.common.checks import check_choice, check_level
from emolabor.common.threads import one_thread
from emolabor.evidence.first_stage import fixed_stage, random_stage
from emolabor.evidence.pooling_notes import pooling_notes
from emolabor.evidence.studies import read_studies
from emolabor.evidence.univariate import TESTS, pool_cell

MODELS, METHODS = ("random", "fixed"), ("ML", "REML")
PROJECTS, ACOVS = ("joined", "separate"), ("weighted", "individual")


@dataclass(frozen=True)
class Pooled:
    """Correlations pooled over published tables; made by `pool`.

    Attributes
    ----------
    cor : DataFrame of shape (p, p)
        Pooled correlations of the first stage; missing where no table has the cell.
    acov : DataFrame of shape (m, m)
        Covariance matrix of the cells that exist, named ``a~b``.
    cells : DataFrame
        One row a cell, pooled by itself: a, b, k (independent studies), samples, n, r with its interval (ci_lower,
        ci_upper) and prediction interval (pi_lower, pi_upper), tau (of Fisher's z), q, q_pvalue, i2; rounding_lower and
        rounding_upper, what r is where rounding in print cut all correlations down, or all up; r_joint, se_joint and
        tau2_joint are those of the first stage; studies.
    missing : tuple of (str, str)
        Cells that no table has.
    chisq, df : float, int
        How much the tables differ: Q against one population, or for a fixed model the likelihood ratio.
    n_obs : int
        Respondents over all tables that were used.
    model, method : str
        "random" or "fixed"; how variances of true values were estimated.
    notes : tuple of str
        What a reader must know of this pooling, a sentence each.
    tables, arguments : dict
        What was pooled, and how.
    """

    cor: pd.DataFrame
    acov: pd.DataFrame
    cells: pd.DataFrame
    missing: tuple[tuple[str, str], ...]
    chisq: float
    df: int
    n_obs: int
    model: str
    method: str
    notes: tuple[str, ...]
    tables: Mapping[str, Any]
    arguments: Mapping[str, Any]

    def __repr__(self) -> str:
        """One line: how many cells from how many tables."""
        p = len(self.cor)
        return (
            f"{len(self.cells)} of {p * (p - 1) // 2} correlations of {p} variables, pooled from "
            f"{len(self.tables)} tables ({self.n_obs} respondents) by a {self.model} model"
        )

    @cached_property
    def _without(self) -> dict[str, Pooled | None]:
        projects = list(dict.fromkeys(table.project for table in self.tables.values()))
        found: dict[str, Pooled | None] = {}
        for project in projects:
            rest = {key: table for key, table in self.tables.items() if table.project != project}
            found[project] = pool(rest, **self.arguments) if rest else None
        return found

    def leave_one_out(self) -> pd.DataFrame:
        """Every cell without one project after the other.

        Returns
        -------
        DataFrame
            left_out, a, b, k, r, ci_lower, ci_upper, tau, change (of r); cells of which nothing is left are missing.

        Examples
        --------
        >>> import pandas as pd, emolabor as el
        >>> cor = pd.DataFrame([[1, 0.2], [0.2, 1]], ["x", "y"], ["x", "y"])
        >>> other = cor.replace(0.2, 0.4)
        >>> pooled = el.pool({"a": el.PublishedTable("a", cor, 150), "b": el.PublishedTable("b", other, 150)})
        >>> pooled.leave_one_out()[["left_out", "k", "r", "change"]].round(2).values.tolist()
        [['a', 1, 0.4, 0.1], ['b', 1, 0.2, -0.1]]
        """
        own, names = self.cells.set_index(["a", "b"]), ["k", "r", "ci_lower", "ci_upper", "tau"]
        rows = []
        for project, rest in self._without.items():
            left = None if rest is None else rest.cells.set_index(["a", "b"])
            for (a, b), row in own.iterrows():
                if project not in _projects(row["studies"], self.tables):
                    continue
                values = [0, *[np.nan] * 4]
                if left is not None:
                    found = [left.loc[key, names].tolist() for key in ((a, b), (b, a)) if key in left.index]
                    values = found[0] if found else values
                rows.append([project, a, b, *values, values[1] - row["r"]])
        columns = ["left_out", "a", "b", "k", "r", "ci_lower", "ci_upper", "tau", "change"]
        return pd.DataFrame(rows, columns=columns).astype({"k": int})

    def influence(self) -> pd.DataFrame:
        """How far each project moves the pooled correlations of the first stage.

        Returns
        -------
        DataFrame
            One row a project: n, cells (that it enters), lost (cells that only it has), largest (the largest change of
            a correlation), at (where), cook (squared distance of the correlations that remain, in units of their
            covariance matrix: Cook's distance as in Viechtbauer & Cheung, 2010).

        References
        ----------
        Viechtbauer, W., & Cheung, M. W.-L. (2010). Outlier and influence diagnostics for meta-analysis. Research
        Synthesis Methods, 1(2), 112-125.

        Examples
        --------
        >>> import pandas as pd, emolabor as el
        >>> cor = pd.DataFrame([[1, 0.2], [0.2, 1]], ["x", "y"], ["x", "y"])
        >>> other = cor.replace(0.2, 0.4)
        >>> pooled = el.pool({"a": el.PublishedTable("a", cor, 150), "b": el.PublishedTable("b", other, 150)})
        >>> pooled.influence()[["largest", "at", "lost"]].round(2).values.tolist()
        [[0.1, 'x~y', 0], [-0.1, 'x~y', 0]]
        """
        rows = []
        for project, rest in self._without.items():
            here = [table for table in self.tables.values() if table.project == project]
            enters = {
                name
                for name, studies in zip(self.acov, self.cells["studies"], strict=True)
                if project in _projects(studies, self.tables)
            }
            cor = self.cor * np.nan if rest is None else rest.cor
            pairs = zip(self.acov, self._pairs, strict=True)
            kept = [own for own in pairs if set(own[1]) <= set(cor) and not np.isnan(cor.loc[own[1]])]
            change = np.array([cor.loc[pair] - self.cor.loc[pair] for _, pair in kept])
            names = [name for name, _ in kept]
            cook = change @ np.linalg.solve(self.acov.loc[names, names], change) if kept else np.nan
            most = int(np.argmax(np.abs(change))) if kept else -1
            rows.append(
                {
                    "n": sum(table.n for table in here),
                    "cells": len(enters),
                    "lost": len(enters - set(names)),
                    "largest": change[most] if kept else np.nan,
                    "at": names[most] if kept else "",
                    "cook": float(cook),
                }
            )
        return pd.DataFrame(rows, index=list(self._without))

    @property
    def _pairs(self) -> list[tuple[str, str]]:
        return list(zip(self.cells["a"], self.cells["b"], strict=True))


def _projects(studies, tables):
    return {tables[key].project for key in studies.split(", ")}


@one_thread
def pool(
    tables: Mapping[str, Any],
    *,
    model: str = "random",
    method: str = "ML",
    reliability: bool = False,
    projects: str = "joined",
    acov: str = "weighted",
    test: str = "knha",
    level: float = 0.95,
) -> Pooled:
    """Pool the correlations of published tables.

    Parameters
    ----------
    tables : dict of str to PublishedTable
        Tables with common names of variables, such as those of `code_tables`. A blank correlation is one that the study
        does not have.
    model : {"random", "fixed"}
        First stage over all cells together. "random": true correlations differ among studies, each cell with a variance
        of its own (metaSEM's ``tssem1`` with ``RE.type = "Diag"``). "fixed": one population (Cheung & Chan, 2005).
    method : {"ML", "REML"}
        How the random model's variances are estimated. Cells by themselves are always pooled by REML.
    reliability : bool
        Divide each correlation by the root of the product of both reliabilities. Cells without both are left out and
        named; reliabilities count as known.
    projects : {"joined", "separate"}
        "joined": tables of one project are first made one study, whose true correlations are one, so that a project
        never counts as two studies that agree. "separate": each table is a study. The fixed model has no use for it.
    acov : {"weighted", "individual"}
        Sampling covariances from the mean correlations of all tables, weighted by n, or from each table's own.
    test : {"knha", "adhoc"}
        Intervals of single cells: Hartung & Knapp (2001), or the same never narrower than without (few studies that
        happen to agree would otherwise have intervals of almost no width).
    level : float
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    Pooled
        Pooled matrix, its covariance matrix, cells, what is missing, notes. Of a cell of one study no heterogeneity can
        be estimated: the variance of its true values is fixed at zero, which the notes say.

    Raises
    ------
    EmolaborError
        Tables without N, not positive definite, of groups instead of persons, with a variable twice: all of them named
        at once. An argument out of range.

    References
    ----------
    Cheung, M. W.-L. (2014). Fixed- and random-effects meta-analytic structural equation modeling. Behavior Research
    Methods, 46(1), 29-40.
    Cheung, M. W.-L., & Chan, W. (2005). Meta-analytic structural equation modeling: A two-stage approach. Psychological
    Methods, 10(1), 40-64.
    Hartung, J., & Knapp, G. (2001). A refined method for the meta-analysis of controlled clinical trials with binary
    outcome. Statistics in Medicine, 20(24), 3875-3889.
    Viechtbauer, W. (2005). Bias and efficiency of meta-analytic variance estimators in the random-effects model.
    Journal of Educational and Behavioral Statistics, 30(3), 261-293.

    Examples
    --------
    >>> import emolabor as el
    >>> tables = el.load_published()
    >>> pooled = el.pool(el.code_tables(tables, el.load_coding()))
    >>> pooled.cells.query("a == 'exhaustion' and b == 'proactive_service'")[["k", "n"]].values.tolist()
    [[2, 779]]
    """
    for name, value, choices in (
        ("model", model, MODELS),
        ("method", method, METHODS),
        ("projects", projects, PROJECTS),
        ("acov", acov, ACOVS),
        ("test", test, TESTS),
        ("reliability", reliability, (True, False)),
    ):
        check_choice(name, value, choices)
    check_level(level)
    studies = read_studies(tables, reliability)
    cells = _cells(studies, projects, level, test)
    stage = (
        fixed_stage(studies)
        if model == "fixed"
        else random_stage(studies, (cells["k"] == 1).to_numpy(), projects, acov, method)
    )
    names = studies.names
    values = np.where(studies.number >= 0, stage.pooled[studies.number], np.nan)
    np.fill_diagonal(values, 1.0)
    cor = pd.DataFrame(values, names, names)
    labels = [f"{a}~{b}" for a, b in zip(cells["a"], cells["b"], strict=True)]
    cells["r_joint"], cells["se_joint"] = stage.pooled, np.sqrt(np.diag(stage.acov))
    cells["tau2_joint"] = np.where((cells["k"] > 1) & (model == "random"), stage.tau2, np.nan)
    cells = cells[[*(name for name in cells if name != "studies"), "studies"]]
    i, j = np.triu_indices(len(names), 1)
    missing = tuple((names[a], names[b]) for a, b in zip(i, j, strict=True) if studies.number[a, b] < 0)
    arguments = dict(
        model=model, method=method, reliability=reliability, projects=projects, acov=acov, test=test, level=level
    )
    return Pooled(
        cor,
        pd.DataFrame(stage.acov, labels, labels),
        cells,
        missing,
        stage.chisq,
        stage.df,
        sum(table.n for table in studies.tables.values()),
        model,
        method if model == "random" else "ML",
        tuple(pooling_notes(studies, cells, missing, values)),
        studies.tables,
        arguments,
    )


def _cells(studies, projects, level, test):
    """Every cell by itself."""
    rows = []
    for cell, (a, b) in enumerate(studies.pairs):
        found = [(key, int(np.flatnonzero(own == cell)[0])) for key, own in studies.cells.items() if cell in own]
        keys = [key for key, _ in found]
        r, root = ([getattr(studies, name)[key][at] for key, at in found] for name in ("r", "root"))
        n = [studies.tables[key].n for key in keys]
        owner = [studies.tables[key].project if projects == "joined" else key for key in keys]
        pooled = pool_cell(r, n, level, root, test, owner)
        half = np.array([getattr(studies.tables[key], "rounding", {}).get("correlation", 0.0) for key in keys])
        inside = 0.999 * np.asarray(root)  # a correlation stays one
        ends = [
            pool_cell(np.clip(r + side * half, -inside, inside), n, level, root, test, owner)["r"] for side in (-1, 1)
        ]
        pooled |= dict(zip(("rounding_lower", "rounding_upper"), ends, strict=True))
        head = {"a": a, "b": b, "k": len(set(owner)), "samples": len(keys), "n": sum(n)}
        rows.append({**head, **pooled, "studies": ", ".join(keys)})
    return pd.DataFrame(rows)
