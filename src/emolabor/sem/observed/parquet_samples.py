"""Samples from a Parquet file that need not fit in memory, one batch of rows at a time.

One pass adds up moments, and keeps the incomplete rows where these are wanted. What needs the cases once the model is
estimated, such as robust standard errors, reads the file again.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from emolabor.common.errors import EmolaborError, refuse, refuse_because, shown
from emolabor.common.extras import require
from emolabor.sem.observed.columns import quoted, read_numbers, refuse_alike
from emolabor.sem.observed.completion import IncompleteRows, hole_blocks
from emolabor.sem.observed.design import with_designs
from emolabor.sem.observed.drawn import Drawn
from emolabor.sem.observed.products import check_products, columns_behind
from emolabor.sem.observed.samples import Sample, check_variances, incomplete_sample

BATCH = 4_000_000  # numbers read at a time: 32 MB


@dataclass(frozen=True)
class CasesInFile:
    """The cases of one group where they are: read anew whenever they are asked for.

    `fixed` are the places of the fixed exogenous variables among the `names`.
    """

    path: Path
    names: tuple
    group: str | None
    label: object
    missing: str
    fixed: tuple

    def blocks(self, size):
        """Yield the cases (b, p) that the sample is made of, some after the other."""
        wanted = columns_behind(self.names) + ([] if self.group is None else [self.group])
        for frame, place in _batches(self.path, wanted, size):
            values = read_numbers(frame, self.names, place)
            if self.group is not None:
                values = values[frame[self.group].to_numpy() == self.label]
            yield values[_kept(values, self.missing, self.fixed)]


@dataclass
class _Sums:
    """What one group has added up so far: sums of the complete rows about `origin`, and the incomplete rows."""

    origin: np.ndarray
    first: np.ndarray
    second: np.ndarray
    n: int = 0
    n_complete: int = 0
    n_dropped: int = 0
    n_without_exogenous: int = 0
    exogenous_missing: np.ndarray | int = 0
    incomplete: list = field(default_factory=list)
    places: list = field(default_factory=list)
    clusters: list = field(default_factory=list)


def samples_from_parquet(path, names, *, group=None, cluster=None, missing="listwise", wishart=False, exogenous=()):
    """Samples of complete or incomplete rows, one a group.

    Parameters
    ----------
    path : str or Path
        A Parquet file with a column for each name.
    names : sequence of str
        Columns, in the order wanted.
    group, cluster : str or None
        Columns with the group and the cluster of each case; groups come in order of appearance.
    missing : str
        "listwise": incomplete rows are left out; "fiml": they are kept, as in `continuous_samples`.
    wishart : bool
        Denominator and weight n - 1.
    exogenous : sequence of str
        The fixed exogenous variables.

    Returns
    -------
    list of Sample
        Without their cases, which `Sample.blocks` reads again.

    Raises
    ------
    EmolaborError
        No such file, no Parquet file, a missing column, a column that is no number, or too few rows.
    """
    path, names = Path(path), tuple(names)
    if group in names:
        refuse_because("group", f"'{group}' is a variable of the model", "another column")
    fixed = tuple(i for i, name in enumerate(names) if name in exogenous)
    check_products(column_names(path), names)
    wanted = list(
        dict.fromkeys([*columns_behind(names), *(column for column in (group, cluster) if column is not None)])
    )
    found, known = {}, {}
    for frame, place in _batches(path, wanted, max(BATCH // len(names), 1000)):
        values = read_numbers(frame, names, place)
        codes = None if cluster is None else _codes(_whole(frame, cluster, "cluster", place), known)
        if group is None:
            parts = [("", slice(None))]
        else:
            members = _whole(frame, group, "group", place).to_numpy()
            parts = [(label, members == label) for label in frame[group].unique()]
        for label, here in parts:
            _add(found, label, values[here], None if codes is None else codes[here], missing, fixed)
    if group is not None and len(found) < 2:
        refuse_because("group", f"column '{group}' has one value only", "two or more")
    refuse_alike(known, f"cluster: column '{cluster}'")
    samples, drawn = [], []
    for label, own in found.items():
        if own.clusters:
            drawn.append(Drawn(np.concatenate(own.clusters)[:, None], names=(cluster,)))
        file = CasesInFile(path, names, group, label, missing, fixed)
        samples.append(replace(_sample(label, own, names, wishart, file), file=file))
    return with_designs(samples, drawn) if drawn else samples


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
    """Batches of rows as frames with the columns wanted, and how messages call their place."""
    with _opened(path) as file:
        unknown = [name for name in wanted if name not in file.schema_arrow.names]
        if unknown:
            reason = f"{quoted(unknown)} are no columns of {path.name}"
            refuse_because("data", reason, quoted(file.schema_arrow.names[:30]))
        first = 1
        for batch in file.iter_batches(batch_size=size, columns=wanted, use_threads=False):
            frame = batch.to_pandas()
            yield frame, f"{path.name}, rows {first} to {first + len(frame) - 1}"
            first += len(frame)


def _whole(frame, column, argument, place):
    """A column without missing values."""
    if frame[column].isna().any():
        refuse_because(argument, f"column '{column}' has a missing value in {place}", "none")
    return frame[column]


def _codes(column, known):
    """Numbers (n,) of a column's values: those known so far, which grow by what is new."""
    for value in column.unique():
        known.setdefault(value, len(known))
    return column.map(known).to_numpy(np.int32)


def _kept(values, missing, fixed):
    """Which rows (n,) of values (n, p) stay."""
    holes = np.isnan(values)
    if missing == "listwise":
        return ~holes.any(axis=1)
    return ~holes.all(axis=1) & ~holes[:, fixed].any(axis=1)


def _add(found, label, values, codes, missing, fixed):
    """Add a batch's rows to the sums of their group."""
    p, holes, kept = values.shape[1], np.isnan(values), _kept(values, missing, fixed)
    complete = ~holes.any(axis=1)
    if label not in found:
        # Deviations from a mean near the final one keep the digits that raw powers would lose.
        shown = np.where(holes, 0.0, values).sum(axis=0) / np.maximum((~holes).sum(axis=0), 1)
        found[label] = _Sums(shown, np.zeros(p), np.zeros((p, p)))
    own = found[label]
    deviations = values[complete] - own.origin
    own.first += deviations.sum(axis=0)
    own.second += deviations.T @ deviations
    if missing == "fiml":
        open_rows = kept & ~complete
        own.incomplete.append(values[open_rows])
        own.places.append(own.n + np.cumsum(kept)[open_rows] - 1)
        own.n_without_exogenous += int((holes[:, fixed].any(axis=1) & ~holes.all(axis=1)).sum())
        own.exogenous_missing = own.exogenous_missing + holes[:, fixed].sum(axis=0)
    if codes is not None:
        own.clusters.append(codes[kept])
    own.n += int(kept.sum())
    own.n_complete += len(deviations)
    own.n_dropped += len(values) - int(kept.sum())


def _sample(label, own, names, wishart, file):
    place = f"{file.path.name}, group {label}" if label != "" else file.path.name
    p = len(names)
    if own.n <= p:
        rows = "complete rows" if file.missing == "listwise" else "rows with answers"
        refuse_because(
            place,
            f"{own.n} {rows} for {p} variables ({own.n_dropped} rows left out)",
            "more rows than variables",
        )
    told = dict(label=str(label), n_dropped=own.n_dropped)
    if file.missing == "fiml":
        counts = zip((names[i] for i in file.fixed), own.exogenous_missing, strict=True)
        lost = tuple((name, int(count)) for name, count in counts if count)
        told |= dict(n_without_exogenous=own.n_without_exogenous, exogenous_missing=lost)
    if own.n_complete < own.n:
        blocks = hole_blocks(np.vstack(own.incomplete), np.concatenate(own.places), own.origin)
        rows = IncompleteRows(own.n, own.origin, own.n_complete, own.first, own.second, blocks)
        empty = [name for name, count in zip(names, rows.seen_together.diagonal(), strict=True) if not count]
        if empty:
            refuse_because(place, f"{quoted(empty)} without any value", "columns with answers")
        return replace(incomplete_sample(rows, names, place), **told)
    weight = own.n - 1.0 if wishart else float(own.n)
    shift = own.first / own.n
    cov = (own.second / own.n - np.outer(shift, shift)) * (own.n / weight)
    check_variances(cov, names, place, own.origin + shift)
    return Sample(cov, own.origin + shift, own.n, weight, **told)
