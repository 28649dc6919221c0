"""What data lack is said before a notebook runs: every reason, in both languages."""

import pytest

from emolabor.instrument import load_instrument
from emolabor.simulation import simulate_staff
from emolabor.study import open_study, open_table, why_not
from emolabor.study.execution import prepared
from emolabor.study.needs import NEEDS, PARTS, carried_jobs, parts_not
from emolabor.study.plan import Job

DIMENSIONS = load_instrument("window_staff").dimensions()


@pytest.fixture(scope="module")
def staff():
    return simulate_staff(n=480, seed=4)


@pytest.fixture
def opened(tmp_path):
    """Write answers and open them as a study."""

    def run(data):
        path = tmp_path / "simulated.csv"
        data.to_csv(path, index=False)
        return open_study(path)

    return run


def only(*constructs):
    return [item for construct in constructs for item in DIMENSIONS[construct]]


def without(*constructs):
    return lambda staff: staff.drop(columns=only(*constructs))


def keep(*constructs):
    return lambda staff: staff[only(*constructs)]


@pytest.mark.slow
def test_whole_data_carry_every_notebook_with_every_part(staff, opened):
    study = opened(staff)
    reasons = {name: why_not(name, study) for name in NEEDS}
    assert {name for name, reason in reasons.items() if reason} == set()
    assert parts_not(study) == {}


@pytest.mark.parametrize(
    ("change", "notebook", "told"),
    [
        (lambda staff: staff.drop(columns="centre"), "08_centres", "no column centre"),
        (lambda staff: staff.assign(centre="C01"), "08_centres", "1 different centre, 10 are needed"),
        (
            lambda staff: staff.assign(dispatch_type="dispatched", sex="female"),
            "05_invariance",
            "no two groups of 100 respondents by dispatch_type, sex, language",
        ),
        (lambda staff: staff.head(60), "07_structural_model", "respondents are too few for 78 items"),
        (lambda staff: staff.assign(ex2=3.0), "04_measurement_model", "all gave the same answer to ex2"),
        (keep("exhaustion"), "04_measurement_model", "only one construct in these data"),
        (keep("exhaustion", "music_preference"), "07_structural_model", "no claim is left whose constructs are all"),
        (without("deep_acting"), "09_profiles", "no deep_acting in these data"),
        (lambda staff: staff.head(90), "09_profiles", "respondents, 100 are needed"),
        (
            keep("surface_acting", "deep_acting", "natural_expression"),
            "09_profiles",
            "none of exhaustion, health_complaints, accomplishment, belonging, proactive_service in these data",
        ),
        (without("proactive_service"), "10_levers", "no proactive_service in these data"),
        (
            keep("surface_acting", "exhaustion", "proactive_service"),
            "10_levers",
            "no way leads from a factor to proactive_service",
        ),
        (keep("surface_acting", "exhaustion"), "13_planning", "no indirect path is left that these data can test"),
    ],
)
def test_a_notebook_that_the_data_cannot_carry_says_why(change, notebook, told, staff, opened):
    reason = why_not(notebook, opened(change(staff)))
    assert told in reason["en"]
    assert any("\u4e00" <= sign <= "\u9fff" for sign in reason["zh"])


def test_a_factor_needs_its_items_and_a_claim_about_what_goes_with_it(staff, opened):
    study = opened(keep("institutional_clarity", "marginalisation", "exhaustion")(staff))
    asked = {factor: why_not("06_management_factor", study, factor) for factor in ("unit_guidance", "marginalisation")}
    assert asked["unit_guidance"]["en"] == "no unit_guidance in these data"
    assert asked["marginalisation"]["en"] == "no claim about marginalisation is left that these data can test"


@pytest.mark.parametrize(
    ("change", "tag", "told"),
    [
        (keep("exhaustion", "music_preference"), "needs-model", "no claim is left"),
        (keep("surface_acting", "exhaustion"), "needs-indirect", "no indirect path"),
        (keep("surface_acting", "exhaustion"), "needs-outcome", "the model explains no proactive_service"),
        (keep("surface_acting", "exhaustion"), "needs-way", "no path surface_acting>exhaustion>proactive"),
        (without("surface_acting"), "needs-effect", "no path surface_acting>exhaustion>proactive_service is left"),
        (keep("surface_acting", "exhaustion"), "needs-moderation", "no moderated path is left"),
        (without("music_preference"), "needs-marker", "the marker scale music_preference is not in these data"),
        (keep("exhaustion"), "needs-description", "no background to describe by"),
        (without("belonging"), "needs-between", "no belonging in these data"),
        (lambda staff: staff.drop(columns="department"), "needs-second-clusters", "no second column of clusters"),
    ],
)
def test_a_part_that_the_data_cannot_carry_says_why(change, tag, told, staff, opened):
    assert told in parts_not(opened(change(staff)))[tag]["en"]


def test_every_part_is_tested_above():
    (mark,) = test_a_part_that_the_data_cannot_carry_says_why.pytestmark
    assert {tag for _, tag, _ in mark.args[1]} == set(PARTS)


def test_a_correlation_table_carries_its_own_notebook(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("variable,n,surface_acting,exhaustion\nsurface_acting,200,1,.4\nexhaustion,200,.4,1\n")
    table = open_table(path)
    assert why_not("15_correlation_table", table) is None
    assert why_not("07_structural_model", table)["en"] == "needs answers; the file is a correlation table"
    assert parts_not(table) == {}


def test_a_run_opens_the_data_once_and_tells_what_they_lack(staff, tmp_path):
    path = tmp_path / "simulated.csv"
    staff[only("surface_acting", "exhaustion")].drop(columns="ex4").to_csv(path, index=False)
    defaults = {"data_path": "x.csv", "mapping_path": None, "language": "zh"}
    names = ("07_structural_model", "08_centres")
    jobs = [Job(name, tmp_path / f"{name}.ipynb", defaults, {"data_path": path.name}) for name in names]
    other = Job("12_published_evidence", tmp_path / "12_published_evidence.ipynb", {}, {})
    carried, skipped, notes = carried_jobs([*jobs, other])
    assert [job.name for job in carried] == ["07_structural_model", "12_published_evidence"]
    assert carried[0].left_out["needs-indirect"] == "这些数据做不了这一部分：没有可检验的间接路径"
    assert skipped == {"08_centres": {"zh": "数据中没有 centre 一列", "en": "no column centre"}}
    assert notes[0].startswith("Scales without at least two of their items, left out of the study: institutional_clar")
    assert notes[1] == "Scale exhaustion: there is no column for ex4; it is used without."


def test_a_sentence_stands_in_place_of_a_cell_that_is_left_out(write_notebook, tmp_path):
    import nbformat

    path = write_notebook(tmp_path, "01_first", "x = 1", "y = undefined", "print(x)")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].metadata["tags"] = ["needs-model"]
    nbformat.write(notebook, path)
    job = Job("01_first", path, {}, {}, {"needs-model": "Not here: 'no' model"})
    sources = [cell.source for cell in prepared(job).cells]
    assert sources == ["x = 1", """print("Not here: 'no' model")""", "print(x)"]
    assert [cell.source for cell in prepared(Job("01_first", path, {}, {})).cells] == [
        "x = 1",
        "y = undefined",
        "print(x)",
    ]
