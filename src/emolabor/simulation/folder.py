"""The folder of simulated data: answers, codebook, population, and what they are."""

from pathlib import Path

from emolabor.common.files import write_bytes, write_text
from emolabor.instrument import codebook, load_instrument
from emolabor.simulation.population import population_file
from emolabor.simulation.staff import simulate_staff

DATA_FILE = "study-windowstaff_sample-simulated_data.csv"

README = """\
# SIMULATED staff answers

SIMULATED: nobody gave these answers. A random generator drew them from the population in `population.yaml`, so that
every analysis can be run and checked against a known truth. They are no evidence about any real service window.

| file | what it holds |
|---|---|
| `{data_file}` | {n} simulated respondents, one a row |
| `codebook.csv` | every column: key, scale, dimension, wording and values in Chinese and English |
| `population.yaml` | the truth: paths, correlations, items, dispatch types, each with its source or "assumed" |

Items are raw as fielded, 1 to 5; reverse-worded ones ({reverse}) are not turned. An empty cell is an item left out.
About 4 in 100 respondents answer without reading, on purpose: screening should find them.

All four files are written by `python -m emolabor.simulation FOLDER` (n = {n}, seed = {seed}), never by hand.
"""


def write_simulated(folder, n=1200, seed=1):
    """Write simulated answers, their codebook, the population and a README.

    Parameters
    ----------
    folder : str or Path
        Where the four files go; files of the same names are replaced.
    n, seed : int
        As in `simulate_staff`.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    EmolaborError
        If `n` or `seed` is not allowed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write_simulated(folder, n=50)][:2]
    ['study-windowstaff_sample-simulated_data.csv', 'codebook.csv']
    """
    folder, instrument = Path(folder), load_instrument("window_staff")
    staff = simulate_staff(n, seed)
    answers = staff.astype({key: "Int64" for key in instrument.points()})
    readme = README.format(data_file=DATA_FILE, n=n, seed=seed, reverse=", ".join(sorted(instrument.reversed_items)))
    return [
        write_text(folder / DATA_FILE, answers.to_csv(index=False, lineterminator="\n")),
        codebook(instrument).write(folder / "codebook.csv"),
        write_bytes(folder / "population.yaml", population_file().read_bytes()),
        write_text(folder / "README.md", readme),
    ]
