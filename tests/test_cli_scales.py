"""`emolabor scales ...` as typed: what it prints, what it writes, what it refuses."""

import pytest

from emolabor import cli
from emolabor.cli.scales import scales
from emolabor.scales import load_scale

pytestmark = pytest.mark.slow

DAY = "2026-11-02"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys):
    def run(*arguments, status=0):
        assert cli.main(["scales", *arguments]) == status
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return told.out if status == 0 else told.err

    return run


@pytest.fixture
def hall(run):
    run("adapt", "proactive_service", "--to", "hall", "--date", "2026-11-01")
    return "hall.yaml"


def record(part, note, *more):
    return ("record", "hall.yaml", "--part", part, "--note", note, "--date", DAY, "--role", "researcher", *more)


@pytest.mark.parametrize("command", sorted(scales.commands))
def test_every_help_has_an_example(run, command):
    assert f"Examples:\n    emolabor scales {command}" in run(command, "--help")


def test_list_names_every_scale_and_its_rights(run):
    lines = run("list").splitlines()
    assert next(line for line in lines if line.startswith("proactive_service ")).split()[1:3] == ["5", "own"]
    assert next(line for line in lines if line.startswith("mbi_hss ")).split()[1:3] == ["22", "withheld"]
    assert next(line for line in lines if line.startswith("yang_2019 ")).split()[1] == "?"


def test_show_says_what_is_asked_and_what_is_not_verified(run):
    own = run("show", "proactive_service")
    assert "  ps6 (-)\n    群众没问到的，我不会主动提。\n    What visitors do not ask about" in own
    assert "  5 非常同意 / Strongly agree" in own
    published = run("show", "mael_1992")
    assert "licence: none found" in published
    assert "items: 6 items (general knowledge, not checked) [not verified]" in published


def test_a_new_scale_is_valid_and_says_what_to_write(run, here):
    assert run("new", "calm") == "written: calm.yaml\n"
    assert "calm.yaml: calm is valid, 3 items; still to write before it can be fielded: names, " in run(
        "validate", "calm.yaml"
    )
    text = (here / "calm.yaml").read_text(encoding="utf-8")
    assert "found a file; allowed: a new name" in run("new", "calm", status=2)
    assert (here / "calm.yaml").read_text(encoding="utf-8") == text


def test_an_adaptation_from_begin_to_end(run, hall):
    told = run(*record("ps2", "Forms are online.", "--step", "rewording", "--text", "zh", "我会备好网上样表。"))
    assert "rewording of ps2 recorded (PC-3)" in told
    assert "  zh - 我会提前备好样表，免得群众填错。\n  zh + 我会备好网上样表。\n" in told
    run(*record("ps2", "Put into English.", "--step", "forward_translation", "--text", "en", "I keep online samples."))
    assert run("validate", hall) == "hall.yaml: hall is valid, 5 items\n"
    difference = run("diff", "proactive_service", hall)
    assert "ps2\n  zh - 我会提前备好样表，免得群众填错。\n  zh + 我会备好网上样表。\n" in difference
    assert "names" not in difference
    page = run("show", hall)
    assert "2026-11-02 ps2: rewording by researcher. Forms are online." in page
    assert "serves TD-2: " in page


def test_versions_that_do_not_differ_are_called_so(run, hall):
    assert "do not differ in what is asked" in run("diff", "proactive_service", hall)


def test_a_change_without_a_record_is_refused_with_its_line(run, hall, here):
    text = (here / hall).read_text(encoding="utf-8").replace("I chase it until", "I follow it until")
    (here / hall).write_text(text, encoding="utf-8")
    told = run("validate", hall, status=2)
    line = 1 + text.splitlines().index("      - key: ps3")
    assert f"hall.yaml, line {line}, dimensions[0].items[2]: found ps3 changed (en: " in told
    assert "allowed: a recorded change: emolabor scales record hall.yaml --part ps3 ..." in told


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"--note": [" "]}, "adaptation[1].change: found text ' '"),
        ({"--date": ["2026-13-02"]}, "adaptation[1].date: found text '2026-13-02'; allowed: a date as YYYY-MM-DD"),
        ({"--role": [""]}, "adaptation[1].roles[0]: found text ''"),
        ({"--step": ["rewrite"]}, "step: found 'rewrite'; allowed: start, permission"),
        ({"--guideline": ["XX"]}, "adaptation[1].guideline: found text 'XX'; allowed: PC-1"),
        ({"--part": ["ps9"]}, "part: found 'ps9'; allowed: names"),
        ({"--text": ["fr", "Texte"]}, "text: found the language 'fr'; allowed: zh, en"),
        ({"--text": ["zh", ""]}, "dimensions[0].items[0].text.zh: found text ''"),
        ({"--text": ["zh", "a\x07"]}, "dimensions[0].items[0].text.zh: found an unprintable character (U+0007)"),
    ],
)
def test_a_step_that_is_none_is_refused_and_leaves_the_file_as_it_was(run, hall, here, changed, found):
    before = (here / hall).read_bytes()
    options = {"--part": "ps1", "--step": "rewording", "--note": "Why.", "--date": DAY, "--role": "researcher"}
    options |= {"--text": ["zh", "新的说法。"], **changed}
    typed = [
        word for name, given in options.items() for word in (name, *([given] if isinstance(given, str) else given))
    ]
    assert found in run("record", hall, *typed, status=2)
    assert (here / hall).read_bytes() == before
    assert [path.name for path in here.iterdir()] == [hall]


def test_validate_reports_every_file(run, hall, here, capsys):
    (here / "bad.yaml").write_text("key: [\n", encoding="utf-8")
    (here / "tab.yaml").write_text("key: a\n\tnames: b\n", encoding="utf-8")
    assert cli.main(["scales", "validate", "bad.yaml", hall, "tab.yaml"]) == 2
    told = capsys.readouterr()
    assert told.out == "hall.yaml: hall is valid, 5 items\n"
    assert "bad.yaml, line 2" in told.err and "tab.yaml, line 2" in told.err


def test_a_scale_whose_rights_are_with_others_says_so(run):
    told = run("adapt", "olbi", "--to", "olbi_short", "--date", DAY)
    assert "The rights are with the authors (none found): ask before you change or use it." in told
    assert load_scale("olbi_short.yaml").rights["text"] == "withheld"


RATINGS = (
    "expert,ps1,ps2,ps3,ps4,ps6\nE1,4,3,4,4,2\nE2,4,4,4,3,2\nE3,3,4,4,4,3\nE4,4,4,3,4,4\nE5,4,2,4,4,1\nE6,4,4,4,4,3\n"
)


def test_rate_prints_items_and_scale(run, here):
    (here / "ratings.csv").write_text(RATINGS, encoding="utf-8")
    told = run("rate", "ratings.csv", "--scale", "proactive_service")
    row = next(line for line in told.splitlines() if line.startswith("ps2")).split()
    assert row[:4] == ["ps2", "6", "5", "0.833"]
    # (1 + 5/6 + 1 + 1 + 3/6) / 5 and 3 of 5
    assert "6 experts, 5 items: S-CVI/Ave 0.867, S-CVI/UA 0.600" in told
    assert "E1" not in told


def test_ratings_that_are_wrong_are_refused(run, here):
    (here / "ratings.csv").write_text(RATINGS.replace("E3,3", "E3,7"), encoding="utf-8")
    assert "ratings.csv, row 4, ps1: found '7'; allowed: 1, 2, 3 or 4" in run("rate", "ratings.csv", status=2)
    assert "nowhere.csv" in run("rate", "nowhere.csv", status=2)


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["show", "nothing"], "allowed: the path of a .yaml file, or accomplishment"),
        (["new", "belonging"], "key: found 'belonging', a scale of the library"),
        (["new", "No key"], "lower-case letters, digits and _"),
        (["adapt", "belonging", "--to", "mine", "--date", "soon"], "a date as YYYY-MM-DD"),
        (["adapt", "belonging", "--to", "mine", "--date", DAY, "--output", "mine.txt"], "a name that ends in .yaml"),
        (["validate", "gone.yaml"], "gone.yaml: found no readable file"),
        (["validate"], "Missing argument"),
        (["diff", "belonging", "gone.yaml"], "gone.yaml: found no readable file"),
        (["record", "gone.yaml", "--part", "a"], "Missing option"),
    ],
)
def test_a_wrong_command_is_refused_and_writes_nothing(run, here, arguments, found):
    assert found in run(*arguments, status=2)
    assert list(here.iterdir()) == []
