import pytest
import yaml

from emolabor.common.errors import EmolaborError
from emolabor.study.plan import longest_first, plan_jobs
from emolabor.study.runner import _mapping_with
from emolabor.theory import load_claims, management_factors

FACTORS = management_factors(load_claims())


@pytest.fixture
def folder(tmp_path, write_notebook):
    """A notebook that takes a factor between one that resamples and two that do not."""
    write_notebook(tmp_path, "05_plain", "seed = 1", "x = 1")
    write_notebook(tmp_path, "06_factor", 'factor = "reward_say"\nseed = 1', "x = 1")
    write_notebook(tmp_path, "07_resampled", "n_boot = 50\nmapping_path = None", "x = 1")
    write_notebook(tmp_path, "08_plain", "seed = 1", "x = 1")
    return tmp_path


def test_a_notebook_that_takes_a_factor_runs_once_for_each(folder):
    jobs = plan_jobs(folder, None, {})
    assert [job.name for job in jobs] == [
        "05_plain",
        *(f"06_factor-{factor}" for factor in FACTORS),
        "07_resampled",
        "08_plain",
    ]
    assert {job.settings["factor"] for job in jobs if "factor" in job.defaults} == set(FACTORS)


def test_with_its_default_factor_nothing_is_put_in(folder):
    parameters = {job.name: job.parameters for job in plan_jobs(folder, "06", {})}
    assert parameters.pop("06_factor-reward_say") == {}
    assert parameters == {f"06_factor-{factor}": {"factor": factor} for factor in FACTORS if factor != "reward_say"}


@pytest.mark.parametrize(
    ("only", "given"),
    [("06_factor-unit", {}), ("06", {"factor": "unit_guidance"}), (None, {"factor": "unit_guidance"})],
)
def test_one_factor_can_be_asked_for(folder, only, given):
    names = [job.name for job in plan_jobs(folder, only, given)]
    assert [name for name in names if name.startswith("06")] == ["06_factor-unit_guidance"]
    assert len(names) == (1 if only else 4)


def test_a_parameter_goes_to_each_execution(folder):
    jobs = plan_jobs(folder, "06", {"seed": "7"})
    assert [job.parameters["seed"] for job in jobs] == [7] * len(FACTORS)


@pytest.mark.parametrize(
    ("only", "given", "message"),
    [
        ("99", {}, "no notebook begins with '99'; there are: 05_plain, 06_factor, 07_resampled, 08_plain"),
        (None, {"factor": "weather"}, "factor: found 'weather'; allowed: institutional_clarity, "),
        ("05", {"factor": "unit_guidance"}, "parameter 'factor' is unknown; allowed: 05_plain: seed"),
        (None, {"n_boot": "many"}, "n_boot: found 'many'; allowed: a whole number"),
    ],
)
def test_mistakes_are_refused(folder, only, given, message):
    with pytest.raises(EmolaborError, match=message):
        plan_jobs(folder, only, given)


def test_long_ones_come_first(folder):
    jobs = plan_jobs(folder, None, {"factor": "unit_guidance"})
    assert [job.name[:2] for job in longest_first(jobs, {})] == ["07", "05", "06", "08"]
    assert [job.name[:2] for job in longest_first(jobs, {"05_plain": 2.0, "07_resampled": 3.5, "08_plain": 9})] == [
        "08",
        "07",
        "05",
        "06",
    ]


def test_what_is_said_of_a_files_layout_joins_the_mapping_of_the_run(tmp_path):
    mine, path = tmp_path / "mine.yaml", tmp_path / "run" / "mapping.yaml"
    mine.write_text("columns: {sa1: Q7}\nvalues: {all_items: {'2':, '3':}}", encoding="utf-8")
    given, layout = {"data_path": "mine.csv"}, {"separator": ";", "header_row": 3}
    assert _mapping_with(layout, given, path) == str(path)
    assert yaml.safe_load(path.read_text(encoding="utf-8")) == {"layout": layout}
    _mapping_with(layout, given | {"mapping_path": mine}, path)
    assert path.read_text(encoding="utf-8").startswith(mine.read_text(encoding="utf-8") + "\nlayout: ")
    with pytest.raises(EmolaborError, match="found a layout, and beside it separator, header_row; allowed: one of"):
        _mapping_with(layout, given | {"mapping_path": path}, path)
    with pytest.raises(EmolaborError, match="layout: found sheet without a file of answers; allowed: with --data"):
        _mapping_with({"sheet": 2}, {}, path)
