"""Whatever this room tells it tells in the language asked for."""

import ast
import re
import string
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import emolabor as el
from emolabor import cli
from emolabor.common import documents
from emolabor.common.words import speaking, spoken
from emolabor.responses.words import say

ROOM = Path(el.__file__).parent / "responses"
MODULES = sorted(ROOM.glob("*.py"))
FILES = {"responses": say, "common": documents._say}
CHINESE, LATIN = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z]")
# Texts that are made of facts alone, or of a word that Chinese writes in Latin letters too.
_ALIKE = {"unclear_value", "template_ends", "comma", "semicolon", "null"}


def fields(text):
    """The facts that a text takes, those of its singular and plural included."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name} | set(re.findall(r"\[(\w+):", text))


@pytest.mark.parametrize("room", FILES)
def test_every_sentence_is_written_in_both_languages_with_the_same_facts(room):
    for key, texts in FILES[room].texts.items():
        assert list(texts) == ["en", "zh"], key
        assert fields(texts["en"]) == fields(texts["zh"]), key
        assert not CHINESE.search(texts["en"].replace("问卷星", "")), key
        assert key in _ALIKE or CHINESE.search(texts["zh"]), key
        words = re.sub(r"\{[^}]*\}", "", texts["zh"])
        assert "found" not in words and "allowed" not in words, key


def calls(path):
    """Every call in a module, by the name of what is called."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "id", getattr(node.func, "attr", "")), node


def holds_a_text(node):
    """Whether an argument is written out where it stands, in words of one language."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_message_is_written_out_in_one_language(path):
    for name, node in calls(path):
        told = {"EmolaborError": node.args[:1], "MendableError": node.args[:1], "problem": node.args[1:3]}
        told |= {"add": node.args[1:3] if len(node.args) > 2 else [], "echo": node.args}
        assert not any(map(holds_a_text, told.get(name, ()))), f"line {node.lineno}"


def test_every_key_that_is_said_has_a_sentence_and_every_sentence_is_said():
    written = "".join(path.read_text(encoding="utf-8") for path in [*MODULES, *(ROOM.parent / "cli").glob("*.py")])
    for path in MODULES:
        for name, node in calls(path):
            if name == "say" and node.args and isinstance(node.args[0], ast.Constant):
                assert node.args[0].value in say.texts
    formed = ("sentence_", "rule_", "marked_", "layout_")
    assert [key for key in say.texts if not key.startswith(formed) and not re.search(f"['\"]{key}['\"]", written)] == []


def test_one_and_several_are_told_apart():
    facts = {"column": "t1", "rows": ""}
    with speaking("en"):
        assert say("sentence_several", n=1, **facts).startswith("Column t1: 1 cell holds several answers")
        assert say("sentence_several", n=2, **facts).startswith("Column t1: 2 cells hold several answers")


def test_a_language_is_spoken_inside_only_and_the_inner_one_counts():
    before = spoken()
    with speaking("zh"):
        with speaking("en"):
            assert spoken() == "en"
        with speaking(None):
            assert spoken() == "zh"
    with speaking("zh-Hant"):
        assert spoken() == "zh"
    assert spoken() == before
    with pytest.raises(el.EmolaborError, match="language: found 'fr'"), speaking("fr"):
        pass


@pytest.fixture(scope="module")
def answers():
    rng = np.random.default_rng(1)
    instrument = el.load_instrument("window_staff")
    return pd.DataFrame(rng.integers(1, 6, (30, len(instrument.points()))), columns=list(instrument.points()))


REFUSED = {
    "an absent item": (lambda frame: frame.drop(columns="sa1"), {}, "没有 sa1 的列（81 道题中缺 1 道）"),
    "numbers from 0": (lambda frame: frame - 1, {}, "出现了 0，而从未出现 5，文件中的量尺可能从 0 起"),
    "seven points": (lambda frame: frame + 2, {}, "出现了 6、7，文件中的量尺可能不是 1 至 5"),
    "two columns": (
        lambda frame: frame.assign(SA1=frame["sa1"]).rename(columns={"sa1": "Sa1"}),
        {},
        "有几列的列名都是 sa1",
    ),
    "a mapping": (lambda frame: frame, {"mapping": {"sa1": "Q7"}}, "没有映射为 sa1 给出的列 'Q7'"),
    "a mapping's key": (lambda frame: frame, {"mapping": {"columns": {"sax": "Q7"}}}, "columns.sax：未知的键"),
    "an encoding": (lambda frame: frame, {"encoding": "klingon"}, "encoding：不能使用 'klingon'；应为编码名称"),
    "a sheet": (lambda frame: frame, {"sheet": 2}, "这种文件没有工作表"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_comes_in_the_language_asked_for(case, answers, tmp_path):
    change, options, told = REFUSED[case]
    change(answers).to_csv(tmp_path / "mine.csv", index=False)
    instrument = el.load_instrument("window_staff")
    with pytest.raises(el.EmolaborError) as chinese:
        el.read_responses(tmp_path / "mine.csv", instrument, language="zh", **options)
    assert told in str(chinese.value)
    assert not re.search("found|allowed|a column|items", str(chinese.value))
    with pytest.raises(el.EmolaborError, match="; allowed:"):
        el.read_responses(tmp_path / "mine.csv", instrument, language="en", **options)


def test_the_report_and_the_mapping_come_in_the_language_asked_for(answers, tmp_path):
    frame = answers.astype(object).assign(姓名="某某", Q9=1)
    frame.loc[3, "sa1"] = "9 or 10"
    frame.to_csv(tmp_path / "mine.csv", index=False)
    instrument = el.load_instrument("window_staff")
    staff = el.read_responses(tmp_path / "mine.csv", instrument, language="zh")
    for name in ("found", "action"):
        assert staff.report[name].map(lambda text: bool(CHINESE.search(text))).all()
    assert "设为缺失（应为 1 至 5）" in staff.report["action"].tolist()
    proposal = el.propose_mapping(tmp_path / "mine.csv", instrument, language="zh")
    assert proposal.text().startswith("# 答案文件的哪一列对应哪个键")
    assert proposal.unplaced["why"].tolist() == ["疑似个人信息", ""]


def test_check_speaks_the_language_asked_for(answers, tmp_path, capsys):
    answers.rename(columns={"sa1": "Q7"}).assign(姓名="某某").to_csv(tmp_path / "mine.csv", index=False)
    arguments = ["check", str(tmp_path / "mine.csv"), "--language", "zh"]
    assert cli.main(arguments) == 2
    told = capsys.readouterr()
    assert "可能对应的列（在映射文件中写明才会读取）：" in told.out and "Q7  (提问顺序)" in told.out
    assert "没有 sa1 的列" in told.err
    answers.to_csv(tmp_path / "mine.csv", index=False)
    for command in ("check", "screen"):
        assert cli.main([command, *arguments[1:]]) == 0
        assert CHINESE.search(capsys.readouterr().out)
    assert cli.main(["screen", *arguments[1:], "--cutoff", "speed", "1"]) == 2
    assert "cutoffs：没有指标 'speed'" in capsys.readouterr().err
