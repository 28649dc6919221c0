import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from emolabor.instrument import load_instrument
from emolabor.simulation import simulate_staff, write_simulated
from emolabor.simulation.folder import DATA_FILE
from emolabor.simulation.population import population_file

COMMITTED = Path(__file__).parents[2] / "data" / "simulated"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulated")
    write_simulated(folder)
    return folder


def test_writing_again_gives_the_committed_bytes(folder):
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(path.name for path in COMMITTED.iterdir())
    for name in names:
        assert (folder / name).read_bytes() == (COMMITTED / name).read_bytes(), name


def test_the_population_is_the_packages():
    assert (COMMITTED / "population.yaml").read_bytes() == population_file().read_bytes()


def test_it_says_simulated_first():
    readme = (COMMITTED / "README.md").read_text(encoding="utf-8")
    assert readme.lstrip("# ").startswith("SIMULATED")
    assert "simulated" in DATA_FILE


def test_the_file_holds_the_drawn_answers():
    read = pd.read_csv(COMMITTED / DATA_FILE)
    pd.testing.assert_frame_equal(read, simulate_staff(), check_dtype=False)


def test_the_codebook_names_every_column_in_both_languages():
    instrument = load_instrument("window_staff")
    book = pd.read_csv(COMMITTED / "codebook.csv")
    assert tuple(book["key"]) == instrument.columns
    assert book[["text_zh", "text_en", "values_zh", "values_en"]].notna().all(axis=None)
    assert set(book.loc[book["reverse"], "key"]) == instrument.reversed_items


@pytest.mark.slow
def test_the_module_writes_the_folder(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "emolabor.simulation", str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert DATA_FILE in [Path(line).name for line in run.stdout.splitlines()]
    assert (tmp_path / DATA_FILE).read_bytes() == (COMMITTED / DATA_FILE).read_bytes()
