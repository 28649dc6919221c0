import pytest

from emolabor.common.errors import EmolaborError
from emolabor.study.plan import longest_first, plan_jobs
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
