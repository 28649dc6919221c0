"""The summary of a fit, laid out as lavaan's readers know it."""

import numpy as np

HEADINGS = {
    "=~": "Latent variables",
    "~": "Regressions",
    "~~": "Covariances",
    "~1": "Intercepts",
    "variance": "Variances",
    ":=": "Defined parameters",
}


def summary_text(fit):
    """Write the summary of a fit.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    str
    """
    return "\n".join([*_header(fit), "", *_measures(fit), "", *_parameters(fit)])


def _header(fit):
    verdict = "yes" if fit.admissible else "NO: " + "; ".join(fit.problems)
    dropped = sum(sample.n_dropped for sample in fit.model.samples)
    lines = [
        f"emolabor.sem, estimator {fit.estimator}, ended after {fit.estimate.optimum.iterations} iterations",
        f"  Admissible solution          {verdict}",
        f"  Number of observations       {fit.n_obs}"
        + (f" ({dropped} rows with missing answers left out)" if dropped else ""),
        f"  Number of free parameters    {fit.estimate.n_free}",
    ]
    return lines


def _measures(fit):
    m = fit.fit_measures()
    pvalue = "" if np.isnan(m.pvalue) else f", p = {m.pvalue:.3f}"
    return [
        "Fit",
        f"  Chi-square                   {m.chisq:.3f}, df = {m.df:.0f}{pvalue}",
        f"  CFI, TLI                     {m.cfi:.3f}, {m.tli:.3f}",
        f"  RMSEA, 90 % interval         {m.rmsea:.3f} [{m.rmsea_ci_lower:.3f}, {m.rmsea_ci_upper:.3f}]",
        f"  SRMR                         {m.srmr:.3f}",
        f"  Log-likelihood, AIC, BIC     {m.logl:.3f}, {m.aic:.3f}, {m.bic:.3f}",
    ]


def _parameters(fit):
    tidy = fit.tidy()
    kinds = tidy.op.where(~((tidy.op == "~~") & (tidy.lhs == tidy.rhs)), "variance")
    width = max(len(name) for name in (*tidy.lhs, *tidy.rhs[tidy.op != ":="])) + 8
    lines = []
    for group in sorted(set(tidy.group[tidy.op != ":="])):
        if fit.table.n_groups > 1:
            lines += [f"Group {group}", ""]
        for kind in ("=~", "~", "~~", "~1", "variance"):
            lines += _block(tidy[(kinds == kind) & (tidy.group == group)], kind, width)
    return lines + _block(tidy[tidy.op == ":="], ":=", width)


def _block(part, kind, width):
    if part.empty:
        return []
    lines = [f"{HEADINGS[kind] + ':':<{width}}  Estimate  Std.Err  z-value  P(>|z|)   Std.lv  Std.all"]
    last = None
    for row in part.itertuples():
        if kind in ("=~", "~", "~~") and row.lhs != last:
            lines.append(f"  {row.lhs} {row.op}")
            last = row.lhs
        name = row.rhs if kind in ("=~", "~", "~~") else row.lhs
        name = f"    {name}" + (f" ({row.label})" if row.label and kind != ":=" else "")
        test = f"{row.se:>9.3f}{row.z:>9.3f}{row.pvalue:>9.3f}" if row.se > 0 else " " * 27
        lines.append(f"{name:<{width}}{row.est:>10.3f}{test}{row.std_lv:>9.3f}{row.std_all:>9.3f}")
    return [*lines, ""]
