"""Whatever is in a file, reading ends in answers or in one EmolaborError; what is written reads back the same."""

import io
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st

import emolabor as el
from emolabor.common.errors import EmolaborError

pytestmark = pytest.mark.whole

INSTRUMENT = el.load_instrument("window_staff")
STAFF = el.simulate_staff(6, seed=3)
SUFFIXES = [".csv", ".xlsx", ".sav", ".dta", ".parquet"]
QUICK = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

CELLS = st.one_of(
    st.text(max_size=8),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
    st.sampled_from(
        ["3", " 4 ", "比较同意", "Agree", "5.0", "-3", "(空)", "1e3", "=1+1", "３", "٣", "从不┋很少", "1秒", "小时"]
    ),
)
HEADINGS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [*INSTRUMENT.columns, "序号", "所用时间", "_uuid", "start", "end", "a/sa1", "Q1[sa1]", "1、性别—年龄", "[]"]
    ),
)


def read(path):
    """Read; return what came of it, or None where it was refused as it should be."""
    try:
        staff = el.read_responses(path, INSTRUMENT)
    except EmolaborError as error:
        assert str(error)
        return None
    assert staff.report_text("zh") or staff.report.empty
    assert staff.report_text("en") or staff.report.empty
    el.screen(staff)
    return staff


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".sav", ".zsav", ".dta", ".parquet"])
@QUICK
@given(content=st.binary(max_size=300))
@example(content=b"\xef")  # half a byte order mark
def test_any_bytes(tmp_path, suffix, content):
    path = tmp_path / f"mine{suffix}"
    path.write_bytes(content)
    assert read(path) is None


def write(frame, path):
    match path.suffix:
        case ".csv":
            frame.to_csv(path, index=False)
        case ".xlsx":
            frame.to_excel(path, index=False)
        case ".sav":
            pyreadstat.write_sav(frame, path)
        case ".dta":
            pyreadstat.write_dta(frame, path)
        case ".parquet":
            frame.to_parquet(path)
    return path


@pytest.mark.parametrize("suffix", SUFFIXES)
@QUICK
@given(place=st.integers(0), value=st.integers(0, 255), cut=st.integers(0, 40))
def test_a_damaged_file(tmp_path_factory, suffix, place, value, cut):
    content = bytearray(GOOD[suffix])
    content[place % len(content)] = value
    path = tmp_path_factory.mktemp("damaged") / f"mine{suffix}"
    path.write_bytes(content[: len(content) - cut])
    read(path)


def _good():
    with TemporaryDirectory() as folder:
        return {suffix: write(STAFF, Path(folder) / f"good{suffix}").read_bytes() for suffix in SUFFIXES}


GOOD = _good()


@QUICK
@given(
    cells=st.lists(st.tuples(st.integers(0, 5), st.integers(0, STAFF.shape[1] - 1), CELLS), max_size=30),
    suffix=st.sampled_from([".csv", ".parquet"]),
)
def test_any_cells(tmp_path, cells, suffix):
    table = STAFF.astype(object).where(STAFF.notna(), "").astype(str)
    for row, column, cell in cells:
        table.iat[row, column] = cell.replace("\x00", "").encode("utf-8", "ignore").decode()
    staff = read(write(table, tmp_path / f"mine{suffix}"))
    if staff is not None:
        points = INSTRUMENT.points()
        assert all(staff.data[key].dropna().isin(range(1, k + 1)).all() for key, k in points.items())


@QUICK
@given(headings=st.lists(HEADINGS, min_size=1, max_size=90), rows=st.integers(0, 3))
def test_any_columns(tmp_path, headings, rows):
    text = io.StringIO()
    pd.DataFrame(np.full((rows, len(headings)), "3")).to_csv(text, index=False, header=False)
    header = pd.DataFrame([headings]).to_csv(index=False, header=False)
    (tmp_path / "mine.csv").write_bytes((header + text.getvalue()).encode("utf-8", "ignore"))
    read(tmp_path / "mine.csv")
    try:
        el.propose_mapping(tmp_path / "mine.csv", INSTRUMENT)
    except EmolaborError as error:
        assert str(error)


@st.composite
def answers(draw):
    """Any answers that are allowed, missing ones among them, at least one to an item in each row."""
    n = draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    data = pd.DataFrame({"respondent": np.arange(1, n + 1)})
    for variable in INSTRUMENT.background[1:]:
        if variable.kind == "choice":
            data[variable.key] = rng.choice(list(variable.values), n)
        elif variable.kind == "code":
            data[variable.key] = [f"{variable.pattern[0]}{number:02d}" for number in rng.integers(0, 99, n)]
        else:
            data[variable.key] = rng.integers(0, 5000, n)
    for key, points in INSTRUMENT.points().items():
        cells = rng.integers(1, points + 1, n).astype(float)
        data[key] = np.where(rng.random(n) < draw(st.sampled_from([0, 0.3])), np.nan, cells)
    return data.assign(mk3=3.0)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=answers())
def test_what_is_written_reads_back(tmp_path, suffix, written):
    back = read(write(written, tmp_path / f"mine{suffix}")).data
    pd.testing.assert_frame_equal(back, written, check_dtype=False)


@pytest.mark.parametrize("platform", ["wjx", "kobo", "limesurvey"])
@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=answers(), as_labels=st.booleans())
def test_what_is_exported_reads_back(tmp_path, platform, written, as_labels):
    back = read(el.simulate_export(tmp_path / "mine.csv", written, INSTRUMENT, platform, as_labels)).data
    pd.testing.assert_frame_equal(back, written, check_dtype=False)
