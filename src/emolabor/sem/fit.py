"""The fitted model: methods orchestrate, the numbers happen in functions."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from emolabor.sem import results
from emolabor.sem.structure import implied_moments
from emolabor.sem.summary import summary_text

COLUMNS = (
    "lhs",
    "op",
    "rhs",
    "group",
    "label",
    "est",
    "se",
    "z",
    "pvalue",
    "ci_lower",
    "ci_upper",
    "std_lv",
    "std_all",
)


@dataclass(frozen=True)
class Fit:
    """A model fitted to data; everything shown derives from `tidy`.

    Attributes
    ----------
    model : str
        The model text.
    estimator : str
    table : ParameterTable
    structures : list of Structure
    moments : list of Moments
    estimate : Estimate
    """

    model: str
    estimator: str
    table: object
    structures: list
    moments: list
    estimate: object

    @property
    def n_obs(self):
        """Cases used, over all groups."""
        return sum(sample.n for sample in self.moments)

    @property
    def converged(self):
        """Whether the search ended with a gradient of at most 1e-8."""
        return self.estimate.optimum.converged

    @cached_property
    def problems(self):
        """Reasons against trusting this solution, in words; empty where there are none."""
        return tuple(_problems(self))

    @property
    def admissible(self):
        """Whether nothing speaks against the solution: it converged, is identified and has no improper value."""
        return not self.problems

    @cached_property
    def _vcov(self):
        return results.vcov(self.estimate, self.n_obs)

    def tidy(self, level=0.95):
        """List the parameters.

        Parameters
        ----------
        level : float
            Coverage of the Wald intervals.

        Returns
        -------
        DataFrame
            One row a parameter in lavaan's order; columns lhs, op, rhs, group (from 1; 0 for `:=`), label, est, se, z,
            pvalue, ci_lower, ci_upper, std_lv, std_all. Fixed parameters have se 0 and no z.

        Examples
        --------
        >>> import pandas as pd, emolabor as el
        >>> cov = pd.DataFrame([[1, 0.5], [0.5, 1]], index=["y", "x"], columns=["y", "x"])
        >>> round(el.sem("y ~ x", sample_cov=cov, n_obs=101).tidy().est[0], 3)
        0.5
        """
        table, theta = self.table, self.estimate.theta
        est = results.row_values(table, theta, self.moments)
        free = np.array([row.free for row in table.rows])
        own = np.sqrt(np.maximum(np.diag(self._vcov), 0.0)) if self._vcov.size else np.zeros(0)
        errors = np.where(free >= 0, np.append(own, 0.0)[free], 0.0)
        std_lv, std_all = results.standardized(table, self.structures, theta, self.moments)
        names = [(row.lhs, row.op, row.rhs, row.group + 1, row.label) for row in table.rows]
        names += [(defined.name, ":=", defined.text, 0, defined.name) for defined in table.defined]
        columns = []
        labels = {
            row.label: i for i, row in reversed(list(enumerate(table.rows))) if row.label
        }  # the first row that has it
        for values in (est, std_lv, std_all):
            more = results.defined_values(table, {label: values[i] for label, i in labels.items()})
            columns.append(np.array([*values, *more]))
        errors = np.array([*errors, *results.defined_errors(table, theta, self._vcov)])
        z, pvalue, lower, upper = results.wald(columns[0], errors, level)
        lhs, op, rhs, group, label = zip(*names, strict=True)
        data = (lhs, op, rhs, group, label, columns[0], errors, z, pvalue, lower, upper, columns[1], columns[2])
        return pd.DataFrame(dict(zip(COLUMNS, data, strict=True)))

    @cached_property
    def _fit_measures(self):
        return results.all_fit_measures(self.table, self.structures, self.moments, self.estimate)

    def fit_measures(self):
        """Fit measures under lavaan's names with _ for a dot.

        Returns
        -------
        Series
            npar, fmin, chisq, df, pvalue, cfi, tli, rmsea, rmsea_ci_lower, rmsea_ci_upper, srmr, logl, aic, bic ...
        """
        return pd.Series(self._fit_measures, dtype=float)

    def vcov(self):
        """Covariance matrix of the free parameters.

        Returns
        -------
        DataFrame (q, q)
            Named by label, or by lhs, op, rhs (and ``.g2`` for the second group).
        """
        names = {}
        for row in self.table.rows:
            if row.free >= 0:
                plain = f"{row.lhs}{row.op}{row.rhs}" + (f".g{row.group + 1}" if row.group else "")
                names.setdefault(row.free, row.label or plain)
        names = [names[i] for i in range(self.table.n_free)]
        return pd.DataFrame(self._vcov, index=names, columns=names)

    def implied_cov(self, group=1):
        """Covariance matrix of the observed variables that the model implies.

        Parameters
        ----------
        group : int
            From 1.

        Returns
        -------
        DataFrame (p, p)
        """
        names = list(self.table.variables.observed)
        sigma = implied_moments(self.structures[group - 1], self.estimate.theta).sigma
        return pd.DataFrame(sigma, index=names, columns=names)

    def r2(self):
        """Share of explained variance of every variable with predictors.

        Returns
        -------
        Series
            By name (by group and name where there are several groups).
        """
        shares = results.r_squared(self.structures, self.estimate.theta, self.table.variables)
        if self.table.n_groups == 1:
            return pd.Series({name: share for (_, name), share in shares.items()}, dtype=float)
        return pd.Series({(group + 1, name): share for (group, name), share in shares.items()}, dtype=float)

    def summary(self):
        """Tell the result in words and tables, as lavaan does, with the verdict on admissibility first.

        Returns
        -------
        str
        """
        return summary_text(self)


def _problems(fit):
    if not fit.converged:
        largest = float(np.max(np.abs(fit.estimate.optimum.gradient), initial=0.0))
        yield f"the search did not converge: the largest gradient is {largest:.2g} after {fit.estimate.optimum.iterations} steps"
    if np.isnan(fit._vcov).any():
        yield "the model is not identified: the information matrix is singular"
    if fit._fit_measures["df"] < 0:
        yield f"the model is not identified: it has {-int(fit._fit_measures['df'])} more parameters than moments"
    tidy = fit.tidy()
    for row in tidy[(tidy.op == "~~") & (tidy.lhs == tidy.rhs) & (tidy.est < 0)].itertuples():
        yield f"the variance of {row.lhs} is negative ({row.est:.3f}{_in_group(fit, row)})"
    pairs = tidy[(tidy.op == "~~") & (tidy.lhs != tidy.rhs)]
    for row in pairs[pairs.std_all.abs() > 1].itertuples():
        yield f"the correlation of {row.lhs} and {row.rhs} is beyond 1 ({row.std_all:.3f}{_in_group(fit, row)})"
    p = len(fit.table.variables.observed)
    for group, structure in enumerate(fit.structures):
        latent = implied_moments(structure, fit.estimate.theta).covariance[p:, p:]
        if len(latent) and np.linalg.eigvalsh(latent)[0] < -1e-8:
            place = f" in group {group + 1}" if fit.table.n_groups > 1 else ""
            yield f"the covariance matrix of the latent variables is not positive definite{place}"


def _in_group(fit, row):
    return f" in group {row.group}" if fit.table.n_groups > 1 else ""
