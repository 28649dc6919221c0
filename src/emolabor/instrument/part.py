"""The part of an instrument that a file of answers holds."""

from dataclasses import replace

FEWEST_ITEMS = 2  # One item alone is no scale: nothing shows how well it measures.


def part_of(instrument, columns):
    """Reduce an instrument to the dimensions whose items are there.

    Parameters
    ----------
    instrument : Instrument
        What was asked.
    columns : collection of str
        Keys that the data have.

    Returns
    -------
    part : Instrument
        The dimensions of which at least two items are there, with those items; of attention checks and layout what
        concerns their scales. Background stays.
    missing : dict of str to list of str
        Every dimension that lacks items, in the order asked, to their keys.

    Examples
    --------
    >>> from emolabor.instrument import load_instrument
    >>> part, missing = part_of(load_instrument("window_staff"), ["ex1", "ex2", "ex3", "be1"])
    >>> part.dimensions(), missing["exhaustion"], missing["belonging"]
    ({'exhaustion': ['ex1', 'ex2', 'ex3']}, ['ex4'], ['be2', 'be3'])
    """
    missing = {key: [item for item in items if item not in columns] for key, items in instrument.dimensions().items()}
    reduced = [_reduced(scale, columns) for scale in instrument.scales]
    scales = tuple(scale for scale in reduced if scale.dimensions)
    keys = {scale.key for scale in scales}
    part = replace(
        instrument,
        scales=scales,
        attention_checks=tuple(check for check in instrument.attention_checks if check.after in keys),
        new_page_before=tuple(key for key in instrument.new_page_before if key in keys),
        random_order=tuple(key for key in instrument.random_order if key in keys),
    )
    return part, {key: items for key, items in missing.items() if items}


def _reduced(scale, columns):
    dimensions = [
        replace(dimension, items=tuple(item for item in dimension.items if item.key in columns))
        for dimension in scale.dimensions
    ]
    return replace(scale, dimensions=tuple(one for one in dimensions if len(one.items) >= FEWEST_ITEMS))
