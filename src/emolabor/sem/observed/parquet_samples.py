"""Samples from a Parquet file that need not fit in memory: one pass, one batch of rows at a time."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from emolabor.common.errors import EmolaborError, refuse, refuse_because, shown
from emolabor.common.extras import require
from emolabor.sem.observed.columns import quoted, read_numbers
from emolabor.sem.observed.fourth_moments import distinct_pairs, recentred
from emolabor.sem.observed.samples import Sample, check_variances

BATCH = 8_000_000  # numbers in a batch's products: 64 MB


@dataclass
class _Sums:
    """What one group has added up so far: sums (m, m) of aa' with a = (1, y) or (1, y, vech(yy')), y about `origin`."""

    origin: np.ndarray
    sums: np.ndarray
    n: int = 0
    n_dropped: int = 0


def samples_from_parquet(path, names, *, group=None, fourth=False, wishart=False):
    """Samples of complete rows, one a group.

    Parameters
    ----------
    path : str or Path
        A Parquet file with a column for each name; rows with a missing value are left out.
    names : sequence of str
        Columns, in the order wanted.
    group : str or None
        Column with the group of each case; groups come in order of appearance.
    fourth : bool
        Add up moments to the fourth order too, which robust standard errors and tests need: p (p + 3) / 2 numbers a
        case instead of p.
    wishart : bool
        Denominator and weight n - 1.

    Returns
    -------
    list of Sample

    Raises
    ------
    EmolaborError
        No such file, no Parquet file, a missing column, a column that is no number, or too few complete rows.
    """
    path, names = Path(path), list(names)
    wanted = names if group is None else [*names, group]
    if group in names:
        refuse_because("group", f"'{group}' is a variable of the model", "another column")
    p = len(names)
    width = 1 + p + (p * (p + 1) // 2 if fourth else 0)
    found = {}
    first = 1
    for frame in _batches(path, wanted, max(BATCH // width, 1000)):
        place = f"{path.name}, rows {first} to {first + len(frame) - 1}"
        values = read_numbers(frame, names, place)
        first += len(frame)
        if group is None:
            parts = [("", slice(None))]
        else:
            if frame[group].isna().any():
                refuse_because("group", f"column '{group}' has a missing value in {place}", "none")
            members = frame[group].to_numpy()
            parts = [(label, members == label) for label in frame[group].unique()]
        for label, here in parts:
            _add(found, label, values[here], width, fourth)
    if group is not None and len(found) < 2:
        refuse_because("group", f"column '{group}' has one value only", "two or more")
    return [_sample(label, sums, names, fourth, wishart, path.name) for label, sums in found.items()]


def column_names(path):
    """Names of a Parquet file's columns."""
    with _opened(Path(path)) as file:
        return list(file.schema_arrow.names)


def _opened(path):
    require("pyarrow")
    from pyarrow import parquet  # takes a tenth of a second

    if not path.is_file() or path.suffix.lower() != ".parquet":
        refuse("data", shown(str(path)), "a DataFrame, or the path of a .parquet file")
    try:
        return parquet.ParquetFile(path)
    except Exception as error:  # a broken file makes pyarrow raise its own and Python's errors
        reason = str(error).splitlines()[0]
        raise EmolaborError(f"data: {path} is no whole Parquet file ({reason}); write or download it again") from None


def _batches(path, wanted, size):
    """Batches of rows as frames with the columns wanted."""
    with _opened(path) as file:
        unknown = [name for name in wanted if name not in file.schema_arrow.names]
        if unknown:
            reason = f"{quoted(unknown)} are no columns of {path.name}"
            refuse_because("data", reason, quoted(file.schema_arrow.names[:30]))
        for batch in file.iter_batches(batch_size=size, columns=wanted, use_threads=False):
            yield batch.to_pandas()


def _add(found, label, values, width, fourth):
    """Add a batch's complete rows to the sums of their group."""
    complete = values[~np.isnan(values).any(axis=1)]
    n, p = complete.shape
    if label not in found:
        # Deviations from a mean near the final one keep the digits that raw powers would lose.
        origin = complete.mean(axis=0) if n else np.zeros(p)
        found[label] = _Sums(origin, np.zeros((width, width)))
    own = found[label]
    own.n_dropped += len(values) - n
    own.n += n
    products = np.empty((n, width))
    products[:, 0] = 1.0
    products[:, 1 : p + 1] = complete - own.origin
    if fourth:
        i, j = distinct_pairs(p)
        np.multiply(products[:, 1 + i], products[:, 1 + j], out=products[:, p + 1 :])
    own.sums += products.T @ products


def _sample(label, own, names, fourth, wishart, name):
    place = f"{name}, group {label}" if label != "" else name
    p = len(names)
    if own.n <= p:
        refuse_because(
            place,
            f"{own.n} complete rows for {p} variables ({own.n_dropped} rows left out)",
            "more rows than variables",
        )
    weight = own.n - 1.0 if wishart else float(own.n)
    if fourth:
        shift, cov, moments = recentred(own.sums, own.n, p)
    else:
        shift = own.sums[0, 1:] / own.n
        cov, moments = own.sums[1:, 1:] / own.n - np.outer(shift, shift), None
    cov = cov * (own.n / weight)
    sample = Sample(cov, own.origin + shift, own.n, weight, str(label), own.n_dropped)
    check_variances(cov, names, place, sample.mean)
    return replace(sample, fourth=moments)
