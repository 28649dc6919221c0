"""Linear algebra of the engine: inverses with their determinants, inverses under constraints."""

import numpy as np
from scipy.linalg import lapack


def inverse_and_logdet(sigma):
    """Inverse and log-determinant of a covariance matrix (p, p); None where it is not positive definite."""
    root, info = lapack.dpotrf(sigma, lower=1, clean=1)
    if info != 0:
        return None
    logdet = 2.0 * float(np.log(root.diagonal()).sum())
    if not np.isfinite(logdet):
        return None
    inverse, _ = lapack.dpotri(root, lower=1)
    inverse.ravel(order="K")[:: len(inverse) + 1] *= 0.5
    return inverse + inverse.T, logdet


SINGULAR = 1e-10


def bordered_inverse(information, basis):
    """Inverse of the information (q, q) along the free directions (q, r); None where it is singular."""
    unconstrained = basis.shape[0] == basis.shape[1]
    inner = information if unconstrained else basis.T @ information @ basis
    if not len(inner):
        return np.zeros_like(information)
    scale = np.sqrt(np.abs(inner.diagonal()))
    scale[scale == 0] = 1.0
    scale = scale[:, None] * scale
    inverse = _inverse(inner / scale)
    if inverse is None:
        return None
    inverse = inverse / scale
    return inverse if unconstrained else basis @ inverse @ basis.T


def _inverse(matrix):
    """Inverse of a symmetric matrix (r, r) with unit diagonal; None where it is singular."""
    factored = inverse_and_logdet(matrix)
    # The smallest eigenvalue is above 1 / trace of the inverse, the largest is at most r.
    if factored is not None and SINGULAR * len(matrix) * factored[0].trace() < 1:
        return factored[0]
    values, vectors = np.linalg.eigh(matrix)
    if values[0] <= SINGULAR * values[-1]:
        return None
    return (vectors / values) @ vectors.T


def definite_root(matrix):
    """Lower triangular root (m, m) of a symmetric matrix with unit diagonal; None where it is singular."""
    root, failed = lapack.dpotrf(matrix.T, lower=1, clean=1)  # symmetric, and so in the order that LAPACK takes
    if failed:
        return None
    # The reciprocal condition number in the 1-norm is never above that of the eigenvalues, which decides in doubt.
    if lapack.dpocon(root, np.abs(matrix).sum(axis=0).max(), uplo="L")[0] >= SINGULAR:
        return root
    values = np.linalg.eigvalsh(matrix)
    return root if values[0] > SINGULAR * values[-1] else None


def cross_product_root(product):
    """A matrix (m, m) whose cross-product is a given one, which may be singular."""
    root, failed = lapack.dpotrf(product, lower=0, clean=1)
    if not failed:
        return root
    values, vectors = np.linalg.eigh(product)
    return (vectors * np.sqrt(np.maximum(values, 0.0))).T


def inverses_and_logdets(matrices):
    """Inverses (B, k, k) and log-determinants (B,) of small symmetric positive definite matrices.

    NaN where a pivot is not positive.
    """
    swept = np.ascontiguousarray(matrices.transpose(1, 2, 0))
    logdets = sweep(swept)
    return swept.transpose(2, 0, 1), logdets


SWEPT = 4096  # numbers below which a call costs more than the half of the work that it saves


def sweep(matrices):
    """Invert small symmetric positive definite matrices (k, k, ...) in place and return their log-determinants (...).

    Sweeps over all matrices together (Goodnight, 1979, *The American Statistician* 33:149-158): for matrices of a few
    rows several times as fast as one factorisation after the other. NaN where a pivot is not positive.
    """
    size, logdets = len(matrices), np.zeros(matrices.shape[2:])
    step = 1 + SWEPT // max(matrices[0].size, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        for k in range(size):  # the upper triangle alone; what is left is the inverse with its sign turned
            column = np.concatenate([matrices[:k, k], matrices[k, k:]])
            pivot = column[k].copy()
            row = column / pivot
            for i in range(0, size, step):
                matrices[i : i + step, i:] -= column[i : i + step, None] * row[i:]
            matrices[:k, k], matrices[k, k:], matrices[k, k] = row[:k], row[k:], -1 / pivot
            logdets += np.log(pivot)
    for i in range(size):
        np.negative(matrices[i, i:], out=matrices[i, i:])
        matrices[i + 1 :, i] = matrices[i, i + 1 :]
    return logdets
