"""The results store: every number a notebook shows is kept in one JSON file, and shown from there."""

import json
import math
import os
from pathlib import Path

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError, refuse_because
from emolabor.common.extras import require
from emolabor.common.files import csv_text, write_text
from emolabor.responses.personal_contents import redacted
from emolabor.study.display import LANGUAGES, load_words, table_of
from emolabor.study.execution import STAGE
from emolabor.study.paths import seen_from_notebooks
from emolabor.study.plan import results_name

COLOURS = 32
SHOWN = 0.6  # of the side of the picture that is saved


def storable(value, place):
    """Turn one value into what the file holds: 10 significant digits, text, true, false or null.

    Parameters
    ----------
    value : object
        A number, string, boolean or missing value.
    place : str
        Where the value stands, for the message.

    Returns
    -------
    int, float, str, bool or None
        Missing values (None, NaN, NA) become None.

    Raises
    ------
    EmolaborError
        For an infinite number or any other kind of object.

    Examples
    --------
    >>> storable(2 / 3, "share")
    0.6666666667
    """
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, str):
        return value
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        if math.isnan(value):
            return None
        if math.isfinite(value):
            return float(f"{value:.10g}")
    raise EmolaborError(f"{place}: found {value!r}; allowed: finite numbers, text, true, false, missing")


class Results:
    """Keeps every number that a notebook shows, and writes them to `<results_dir>/<notebook>.json`.

    Parameters
    ----------
    notebook : str
        The notebook's name without its ending.
    results_dir : str or Path
        The run's folder. What lies there of the same notebook with other parameters is refused, not overwritten.
    language : {"zh", "en"}
        The language of table heads; the stored values do not depend on it.
    **parameters
        What the numbers depend on besides (seed, estimator, data_path ...); kept in the file. Of a path only
        the file's name is kept, so that no machine's folders are published. A `factor` becomes part of the file's
        name, since the notebook runs once for each.

    Raises
    ------
    EmolaborError
        Another language, or a folder in which results of the same notebook with other parameters lie.

    Examples
    --------
    >>> results = Results("07_structural_model", "results/mine", "en", seed=1)
    >>> results.show("fit", pd.Series({"cfi": 0.96712, "df": 84})).frame["Value"].to_dict()
    {'CFI': '0.967', 'df': '84'}
    >>> results.values
    {'fit': {'cfi': 0.96712, 'df': 84.0}}
    """

    def __init__(self, notebook, results_dir, language, **parameters):
        if language not in LANGUAGES:
            raise EmolaborError(f"language: found {language!r}; allowed: {', '.join(LANGUAGES)}")
        self.notebook = results_name(notebook, parameters.get("factor"))
        self.folder = Path(os.environ.get(STAGE, seen_from_notebooks(results_dir)))
        self.language = language
        self.words = load_words()[language]
        self.parameters = {"language": language} | {
            name: redacted(Path(value).name) if name.endswith("_path") and value is not None else value
            for name, value in parameters.items()
        }
        self.values = {}
        if STAGE not in os.environ:
            self._refuse_to_overwrite()

    def _refuse_to_overwrite(self):
        """Keep results of other parameters from a notebook that is run by hand."""
        path = self.folder / f"{self.notebook}.json"
        try:
            found = json.loads(path.read_text(encoding="utf-8"))["parameters"]
        except (OSError, ValueError, KeyError, TypeError):  # nothing there, or nothing of ours
            return
        other = [
            f"{name} {found.get(name)!r}, now {self.parameters.get(name)!r}"
            for name in sorted(found.keys() | self.parameters.keys())
            if found.get(name) != self.parameters.get(name)
        ]
        if other:
            reason = f"{path.name} there was made with other parameters ({'; '.join(other)})"
            refuse_because("results_dir", reason, "another folder, such as '../results/mine'")

    def show(self, key, table, labels=None):
        """Store a table under a key and return it for display.

        Parameters
        ----------
        key : str
            A new key; the manuscripts name the values by it.
        table : DataFrame or Series
            Rows are stored by their index, which must be unique and say what the row is. Texts come in two
            columns, such as text_zh and text_en: both are stored, one is shown.
        labels : dict, optional
            Code -> label, put in place of codes in the index, the columns and the cells, such as
            `instrument.names(language)`. Only what is shown changes, not what is stored.

        Returns
        -------
        Table
            Text with at most three decimals.

        Raises
        ------
        EmolaborError
            For a key used before, an index that is not unique, or a value that is no number or text.
        """
        if key in self.values:
            raise EmolaborError(f"{self.notebook}: the key {key!r} is taken")
        if not table.index.is_unique:
            raise EmolaborError(f"{self.notebook}: {key}: rows need unique keys")
        frame = table.to_frame("value") if isinstance(table, pd.Series) else table
        stored = {
            str(row): {
                str(column): storable(value, f"{self.notebook}: {key}[{row}].{column}")
                for column, value in zip(frame.columns, values, strict=True)
            }
            for row, values in zip(frame.index, frame.itertuples(index=False, name=None), strict=True)
        }
        is_series = isinstance(table, pd.Series)
        self.values[key] = {row: cells["value"] for row, cells in stored.items()} if is_series else stored
        return table_of(stored, is_series, self.words | (labels or {}), self.language)

    def figure(self, key, figure):
        """Save a figure as SVG and PNG in the run's folder and return the PNG for display.

        Parameters
        ----------
        key : str
            Name of the files, after the notebook's name.
        figure : matplotlib.figure.Figure
            The figure; the numbers it draws are stored with `show`.

        Returns
        -------
        IPython.display.Image
            The PNG; the SVG would differ in every run's notebook.
        """
        require("PIL", "IPython")
        import io

        import PIL.Image
        from IPython.display import Image

        from emolabor.drawing.style import save_figure

        path = self.folder / "figures" / f"{self.notebook}_{key}.svg"
        save_figure(figure, path)
        # A notebook holds a coarser picture of few colours, so that it stays small; drawing it once more takes longer.
        picture = PIL.Image.open(save_figure(figure, path.with_suffix(".png"))).convert("RGB")
        size = [round(SHOWN * side) for side in picture.size]
        picture, buffer = picture.resize(size, PIL.Image.Resampling.LANCZOS), io.BytesIO()
        # An octree keeps rare colours, such as that of a single mark, which a median cut would merge with others.
        picture = picture.quantize(COLOURS, PIL.Image.Quantize.FASTOCTREE, dither=PIL.Image.Dither.NONE)
        picture.save(buffer, format="png", optimize=True)
        return Image(data=buffer.getvalue())

    def save(self):
        """Write `<results_dir>/<notebook>.json`, sorted and whole, and each table as CSV to `tables/`."""
        content = {"notebook": self.notebook, "parameters": self.parameters, "values": self.values}
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
        for key, table in self.values.items():
            write_text(self.folder / "tables" / f"{self.notebook}_{key}.csv", csv_text(_frame_of(table)))
        write_text(self.folder / f"{self.notebook}.json", text + "\n")


def _frame_of(stored):
    """Turn a stored table, or one row of values, into a frame whose first column says what the row is."""
    rows = [{"row": row} | (cells if isinstance(cells, dict) else {"value": cells}) for row, cells in stored.items()]
    return pd.DataFrame(rows)
