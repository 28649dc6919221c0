"""Starting values: close enough for scoring to find its way, cheap enough not to be noticed."""

import numpy as np


def start_values(table, samples):
    """Guess every free parameter from the sample moments.

    Parameters
    ----------
    table : ParameterTable
    samples : list of Sample
        One a group, in the order of ``table.variables.observed``.

    Returns
    -------
    ndarray (n_free,)
        Loadings by the instrumental-variable rule of Hagglund (1982), half of each observed variance as residual,
        latent variances from the marker; regressions and covariances start at zero, intercepts at the sample mean,
        thresholds at the sample's.
    """
    position = {name: i for i, name in enumerate(table.variables.observed)}
    theta = np.zeros(table.n_free)
    for group, sample in enumerate(samples):
        rows = [row for row in table.rows if row.group == group]
        loadings, variances = _latent_guesses(rows, position, sample.cov)
        for row in rows:
            if row.free >= 0:
                theta[row.free] = _guess(row, position, sample, loadings, variances)
    return theta


def _guess(row, position, sample, loadings, variances):
    if row.value is not None:
        return row.value
    if row.op == "=~":
        return loadings.get((row.lhs, row.rhs), 1.0)
    if row.op == "|":
        return sample.step.thresholds[position[row.lhs], int(row.rhs[1:]) - 1]
    if row.op == "~*~":
        return 1.0
    if row.op == "~1":
        return sample.mean[position[row.lhs]] if row.lhs in position else 0.0
    if row.op == "~~" and row.lhs == row.rhs:
        if row.lhs in position:
            return 0.5 * sample.cov[position[row.lhs], position[row.lhs]]
        return variances.get(row.lhs, 0.5)
    return 0.0


def _latent_guesses(rows, position, cov):
    """Loadings and variance of each latent variable with observed indicators."""
    by_latent, fixed_variance = {}, {}
    for row in rows:
        if row.op == "=~":
            by_latent.setdefault(row.lhs, []).append(row)
        elif row.op == "~~" and row.lhs == row.rhs and row.free < 0:
            fixed_variance[row.lhs] = row.value
    loadings, variances = {}, {}
    for latent, lines in by_latent.items():
        lines = [line for line in lines if line.rhs in position]
        if not lines:
            continue
        index = [position[line.rhs] for line in lines]
        relative = _relative_loadings(cov[np.ix_(index, index)])
        marker = next((i for i, line in enumerate(lines) if line.free < 0 and line.value), None)
        variance = _common_variance(cov[np.ix_(index, index)], relative)
        if marker is not None:
            factor = lines[marker].value / relative[marker]
        else:
            factor = np.sqrt(variance / (fixed_variance.get(latent) or 1.0))
        for line, value in zip(lines, relative, strict=True):
            loadings[latent, line.rhs] = value * factor
        variances[latent] = variance / factor**2
    return loadings, variances


def _relative_loadings(block):
    """Loadings relative to the first indicator: cov(j, others) cov(1, others) / cov(1, others)^2."""
    variances = block.diagonal()
    ratio = np.sqrt(variances / variances[0])
    instrument = block[0].copy()
    instrument[0] = 0.0
    squares = instrument @ instrument - instrument**2
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = (block @ instrument - variances * instrument) / squares
    usable = (np.abs(relative) > 0) & (np.abs(relative) <= 5 * ratio) & (squares > 0)
    relative = np.where(usable, relative, np.where(block[0] < 0, -ratio, ratio))
    relative[0] = 1.0
    return relative


def _common_variance(block, relative):
    """Variance of the latent variable on the scale of the first indicator, within 10 % to 90 % of its variance."""
    i, j = np.tril_indices(len(block), -1)
    guess = float(np.median(block[i, j] / (relative[i] * relative[j]))) if len(i) else 0.5 * block[0, 0]
    return float(np.clip(guess, 0.1 * block[0, 0], 0.9 * block[0, 0]))
