"""The summary of a fit, laid out as lavaan's readers know it: first the verdict, then the tests and indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolabor.common import html
from emolabor.common.notices import joined, with_code
from emolabor.sem.display.summary_parameters import parameter_lines
from emolabor.sem.observed.design import cluster_counts

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit

# Kind of standard errors: what lavaan calls it, and the information it comes from.
ERRORS = {
    "expected": ("Standard", "Expected"),
    "observed": ("Standard", "Observed"),
    "robust_sem": ("Robust.sem", "Expected"),
    "huber_white": ("Sandwich", "Observed"),
    "robust_dwls": ("Robust.sem", "Expected"),
}
LABEL, NUMBER = 45, 12

# Title, and rows of label, measure, whether there is a scaled version; a row is left out where the fit lacks it.
SECTIONS = (
    (
        "Model Test User Model",
        ("Test statistic", "chisq"),
        ("Degrees of freedom", "df"),
        ("P-value (Chi-square)", "pvalue"),
        ("Scaling correction factor", "chisq_scaling_factor"),
        ("Shift parameter", "chisq_shift_parameter"),
    ),
    (
        "Model Test Baseline Model",
        ("Test statistic", "baseline_chisq"),
        ("Degrees of freedom", "baseline_df"),
        ("P-value", "baseline_pvalue"),
        ("Scaling correction factor", "baseline_chisq_scaling_factor"),
    ),
    (
        "User Model versus Baseline Model",
        ("Comparative Fit Index (CFI)", "cfi"),
        ("Tucker-Lewis Index (TLI)", "tli"),
        ("Robust Comparative Fit Index (CFI)", "cfi_robust"),
        ("Robust Tucker-Lewis Index (TLI)", "tli_robust"),
    ),
    (
        "Loglikelihood and Information Criteria",
        ("Loglikelihood user model (H0)", "logl"),
        ("Scaling correction factor, H0", "scaling_factor_h0"),
        ("Loglikelihood unrestricted model (H1)", "unrestricted_logl"),
        ("Scaling correction factor, H1", "scaling_factor_h1"),
        ("Akaike (AIC)", "aic"),
        ("Bayesian (BIC)", "bic"),
        ("Sample-size adjusted Bayesian (SABIC)", "bic2"),
    ),
    (
        "Root Mean Square Error of Approximation",
        ("RMSEA", "rmsea"),
        ("90 Percent confidence interval - lower", "rmsea_ci_lower"),
        ("90 Percent confidence interval - upper", "rmsea_ci_upper"),
        ("P-value H_0: RMSEA <= 0.050", "rmsea_pvalue"),
        ("P-value H_0: RMSEA >= 0.080", "rmsea_notclose_pvalue"),
        ("Robust RMSEA", "rmsea_robust"),
        ("90 Percent confidence interval - lower", "rmsea_ci_lower_robust"),
        ("90 Percent confidence interval - upper", "rmsea_ci_upper_robust"),
        ("P-value H_0: Robust RMSEA <= 0.050", "rmsea_pvalue_robust"),
        ("P-value H_0: Robust RMSEA >= 0.080", "rmsea_notclose_pvalue_robust"),
    ),
    (
        "Standardized Root Mean Square Residual",
        ("SRMR", "srmr"),
        ("SRMR (within covariance matrix)", "srmr_within"),
        ("SRMR (between covariance matrix)", "srmr_between"),
    ),
)


def summary_text(fit: Fit) -> str:
    """Write the summary of a fit.

    Parameters
    ----------
    fit : Fit
        As `sem` gives it.

    Returns
    -------
    str
        As lavaan's ``summary(fit, fit.measures = TRUE, standardized = TRUE, rsquare = TRUE)``, with the verdict.

    Examples
    --------
    >>> import emolabor as el
    >>> fit = el.cfa("exhaustion =~ ex1 + ex2 + ex3 + ex4", el.simulate_staff(n=400, seed=1))
    >>> for line in fit.summary().splitlines()[:6]:
    ...     print(line)
    Admissible solution: yes
    <BLANKLINE>
      Estimator                                              ML
      Number of model parameters                              8
      Number of observations                                370
      (30 rows with missing answers left out)
    """
    lines = [verdict(fit), ""]
    lines += [f"  {label:<{LABEL}}{value:>{NUMBER}}" for label, value in header(fit)]
    lines += measure_lines(fit, fit.model.estimator.correction)
    errors, information = ERRORS[fit.se]
    design = fit.model.samples[0].design
    if design is not None and fit.model.estimator.robust:
        errors = "Robust.cluster" if design.names else "Robust.survey"
    lines += ["", "Parameter Estimates:"]
    lines += [f"  {'Standard errors':<{LABEL}}{errors:>{NUMBER}}", f"  {'Information':<{LABEL}}{information:>{NUMBER}}"]
    if np.isfinite(fit.model.degrees_of_errors):
        distribution = f"t({fit.model.degrees_of_errors:.0f})"
        lines.append(f"  {'Intervals and p-values from':<{LABEL}}{distribution:>{NUMBER}}")
    if fit.table.ordered and fit.model.samples[0].data is not None:
        ordered = [structure.ordered for structure in fit.model.structures if structure.ordered is not None]
        kind = "Theta" if ordered[0].is_theta else "Delta"
        lines.append(f"  {'Parameterization':<{LABEL}}{kind:>{NUMBER}}")
    return "\n".join(line.rstrip() for line in [*lines, "", *parameter_lines(fit)])


def measure_lines(fit, correction):
    """The tests and indices; `correction` is said of the scaled test."""
    lines, measures = [], measure_rows(fit)
    robust = any(scaled for _, rows in measures for _, _, scaled in rows)
    for title, rows in measures:
        lines += ["", title + ":"]
        lines += [f"{'':<{LABEL + 2}}{'Standard':>{NUMBER}}{'Scaled':>{NUMBER}}"] if robust else []
        lines += [
            f"  {label:<{LABEL}}{plain:>{NUMBER}}{scaled:>{NUMBER if robust else 0}}" for label, plain, scaled in rows
        ]
        if title == "Model Test User Model" and robust:
            lines.append(f"    {correction}")
    return lines


def summary_html(fit):
    """The same for a notebook: verdict, size of the problem, tests and indices, parameters."""
    parts = [html.paragraph(line) for line in verdict(fit).splitlines()]
    parts.append(html.table(pd.DataFrame(header(fit), columns=["Model", ""])))
    for title, rows in measure_rows(fit):
        frame = pd.DataFrame(rows, columns=[title, "Standard", "Scaled"])
        parts.append(html.table(frame if frame.Scaled.any() else frame.drop(columns="Scaled")))
    return "\n".join([*parts, html.table(fit.tidy())])


def verdict(fit):
    """Whether the solution is admissible, why not, and what else to keep in mind: a line each."""
    lines = ["Admissible solution: " + ("yes" if fit.admissible else "NO: " + joined(fit.problems))]
    return "\n".join(lines + [f"Warning: {with_code(warning)}" for warning in fit.warnings])


def header(fit):
    """Rows of label and text: how the fit was come by."""
    samples = fit.model.samples
    n_rows = sum(row.free >= 0 for row in fit.table.rows)
    rows = [
        ("Estimator", fit.estimator),
        ("Number of model parameters", str(n_rows)),
    ]
    if n_rows > fit.estimate.n_free:
        rows.append(("Number of equality constraints", str(n_rows - fit.estimate.n_free)))
    rows.append(("Number of observations", str(fit.n_obs)))
    if len(samples) > 1:
        rows += [(f"  {sample.label}", str(sample.n)) for sample in samples]
    dropped = sum(sample.n_dropped for sample in samples)
    if dropped:
        rows.append((f"({dropped} rows with missing answers left out)", ""))
    if fit.table.ordered and samples[0].data is not None:
        rows.append(("Number of ordered variables", str(len(fit.table.ordered))))
        missing = np.isnan(np.vstack([sample.data for sample in samples])).mean()
        if missing:
            rows.append(("Missing answers, left out pair by pair", f"{missing:.1%}"))
            rows.append(("(right where they are missing completely at random)", ""))
    counts = cluster_counts(samples)
    for name, count in counts.items():
        rows.append(("Number of clusters" + (f" [{name}]" if len(counts) > 1 else ""), str(count)))
    design = samples[0].design
    if design is not None and design.strata is not None:
        strata = np.concatenate([sample.design.strata for sample in samples])
        rows.append(("Number of strata", str(len(np.unique(strata)))))
    if design is not None and design.weights is not None:
        rows.append(("Sampling weights, mean 1 in each group", ""))
    if any(sample.incomplete for sample in samples):
        patterns = [str(sample.incomplete.n_patterns if sample.incomplete else 1) for sample in samples]
        rows.append(("Number of missing patterns", ", ".join(patterns)))
    return rows


def measure_rows(fit):
    """Sections of (title, rows of label, value, scaled value) as texts; without what the fit does not have."""
    measures = fit.fit_measures()
    scaled = "chisq_scaled" in measures
    sections = []
    for title, *entries in SECTIONS:
        rows = []
        for label, name in entries:
            value = measures.get(name, np.nan)
            if np.isnan(value):
                continue
            if scaled and (name.endswith("_robust") or "scaling_factor" in name or "shift" in name):
                rows.append((label, "", html.decimals(value)))
            elif name.endswith("df"):
                rows.append((label, f"{value:.0f}", f"{value:.0f}" if scaled else ""))
            else:
                alike = ("logl", "unrestricted_logl", "aic", "bic", "bic2", "srmr", "srmr_within", "srmr_between")
                same = name if name in alike else f"{name}_scaled"
                rows.append((label, html.decimals(value), html.decimals(measures[same]) if scaled else ""))
        if rows:
            sections.append((title, rows))
    return sections
