"""Every text of a questionnaire reaches the respondent as it was written, or is refused with its file and line."""

import csv
import html
import io
import json
import re
import shutil
import subprocess
import zipfile
from importlib.resources import files

import pytest
import yaml

from emolabor.common.errors import EmolaborError
from emolabor.instrument import FORMATS, load_instrument

pytestmark = pytest.mark.slow

SLOTS = ("title", "consent", "introduction", "instruction", "item", "label", "check", "question", "option")
TEXTS = {
    "brace": "Stay {sex} calm",
    "expression": "Say {if(1,2,3)} now",
    "template": "Take {{scripts}} home",
    "reference": "It costs ${mn2} a day",
    "unknown reference": "It costs ${money a day",
    "instance": "instance('answers')/root is odd",
    "piped": "Hello ${e://Field/Name}",
    "tag": "I agree [[PageBreak]] here",
    "kind": "自愿参加。[单选题]",
    "wide kind": "自愿参加【多选题】",
    "number": "1. 本问卷不记名。",
    "wide number": "１、非常不同意",
    "letter": "A. never",
    "sign": "- 一行",
    "rows": "行：",
    "break": "=== 分页 ===",
    "quotes": '"quoted from end to end"',
    "one quote": 'a "word" in quotes',
    "comparison": "Waiting < 5 min & more > 2",
    "element": "R&D <b>bold</b>",
    "entity": "a &lt; b &#65;",
    "comment": "a <!-- b --> c </script>",
    "stars": "a *b* c **d**",
    "underscores": "I feel ____ at work, _so_ be it",
    "hash": "# heading",
    "backslash": r"a \* b \_ c \# d \\ e",
    "link": "see [here](http://a.example)",
    "formula": "=1+1",
    "signs": "'@-+%s %(a)s $PREFIX$ ~ ` |",
    "lines": "first line\nsecond line",
    "paragraphs": "first part\n\nsecond part",
    "long": "长" * 300,
}
# Whole kinds that a format must take: that it refuses everything would be no answer.
TAKEN = {
    "html": set(TEXTS),
    "docx": set(TEXTS),
    "table-schema": set(TEXTS),
    "ddi": set(TEXTS),
    "sav-codebook": set(TEXTS),
    "limesurvey": set(TEXTS) - {"brace", "expression", "template", "reference", "unknown reference", "piped"},
    "qualtrics": set(TEXTS) - {"reference", "unknown reference", "piped", "tag"},
    "wjx-jsonl": set(TEXTS) - {"element", "entity", "comment"},
}


@pytest.fixture
def survey(tmp_path):
    """Write a questionnaire with one text in some of its slots, and return it loaded."""

    def write(slots, text):
        words = {one: {"en": text if one in slots else f"Plain words for the {one}"} for one in SLOTS}
        labels = [text if "label" in slots else "Never", "Sometimes", "Always"]
        scale = {
            "key": "calm",
            "names": {"en": "Calm"},
            "construct": {"en": "Being calm."},
            "citations": [],
            "instruction": words["instruction"],
            "response_format": {"points": 3, "labels": {"en": labels}},
            "dimensions": [
                {
                    "key": "calm_score",
                    "names": {"en": "Calm"},
                    "items": [
                        {"key": "mn1", "text": words["item"], "reverse": False},
                        {"key": "mn2", "text": {"en": "Being here is fine."}, "reverse": False},
                    ],
                }
            ],
            "scoring": "mean",
            "rights": {
                "status": "own",
                "holder": "us",
                "licence": "CC BY 4.0",
                "evidence": "written afresh",
                "checked_on": "2026-01-01",
                "text": "own",
            },
            "status": "not validated",
            "adaptation": [],
        }
        options = [{"code": "female", "names": words["option"]}, {"code": "male", "names": {"en": "Male"}}]
        document = {
            "key": "mini",
            **{one: words[one] for one in ("title", "consent", "introduction")},
            "scales": ["calm.yaml"],
            "attention_checks": [{"key": "at1", "after": "calm", "expected": 2, "text": words["check"]}],
            "background": [{"key": "sex", "kind": "choice", "names": words["question"], "values": options}],
        }
        for name, content in (("calm", scale), ("mini", document)):
            written = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
            (tmp_path / f"{name}.yaml").write_text(written, encoding="utf-8")
        return load_instrument(tmp_path / "mini.yaml")

    return write


def _html_text(content):
    """What a browser shows of a text with paragraphs and line breaks and no other element."""
    content = re.sub(r"^<p>|</p>$", "", content)
    content = content.replace("</p><p>", "\n\n").replace("<br />", "\n").replace("<br>", "\n")
    assert "<" not in content, content
    return html.unescape(content)


def read_limesurvey(path):
    """Read as the importer does: cells as fgetcsv takes them, then one more pair of quotation marks off."""
    found = {}
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), delimiter="\t"))
    for row in rows:
        text = row["text"]
        if re.fullmatch('".*"', text):
            text = text[1:-1].replace('""', '"')
        assert not re.search(r"(?<!\\){(?!\s)", text), "an expression is run"
        found.setdefault((row["class"], row["name"]), _html_text(text))
    groups = [row for row in rows if row["class"] == "G"]
    return {
        "title": found["SL", "surveyls_title"],
        "introduction": found["SL", "surveyls_welcometext"],
        "consent": _html_text(groups[0]["text"]),
        "question": found["Q", "sex"],
        "option": _after(rows, ("Q", "sex"))["text"] and _html_text(_after(rows, ("Q", "sex"))["text"]),
        "instruction": found["Q", "calm"],
        "item": found["SQ", "mn1"],
        "check": found["SQ", "at1"],
        "label": _html_text(
            next(row for row in rows[rows.index(_row(rows, "SQ", "at1")) :] if row["class"] == "A")["text"]
        ),
    }


def _row(rows, kind, name):
    return next(row for row in rows if (row["class"], row["name"]) == (kind, name))


def _after(rows, one):
    return rows[rows.index(_row(rows, *one)) + 1]


def read_qualtrics(path):
    """A block ends at a blank line, a tag is a line of its own, data are piped in for ${ }."""
    text = path.read_text(encoding="utf-8")
    assert "${" not in text
    blocks = [block.split("\n") for block in text.strip().split("\n\n")]
    assert all(line.startswith("[[") or "[[" not in line for block in blocks for line in block)
    named = {block[1]: block for block in blocks if len(block) > 1}
    table, sex = named["[[ID:Table_calm]]"], named["[[ID:sex]]"]
    rows, labels = table[table.index("[[Choices]]") + 1 :], table[table.index("[[Answers]]") + 1 :]
    assert len(labels) == 3 and table.index("[[Answers]]") - table.index("[[Choices]]") == 4
    read = {
        "consent": named["[[ID:Consent_text]]"][2],
        "introduction": named["[[ID:Introduction]]"][2],
        "question": sex[2],
        "option": sex[4],
        "instruction": table[2],
        "item": rows[0],
        "check": rows[2],
        "label": labels[0],
    }
    return {slot: _html_text(words) for slot, words in read.items()}


def read_wjx(path):
    """A numbered line opens a question, a blank line ends it, brackets say its kind, options lose their letters."""
    blocks = path.read_text(encoding="utf-8").strip().split("\n\n")
    head, *questions = [block for block in blocks if block != "[分页栏]"]
    title, *opening = head.split("\n")
    assert not any(re.match(r"\s*\d", line) or re.search(r"[\[【]", line) for line in (title, *opening))
    parsed = [question.split("\n") for question in questions]
    for number, lines in enumerate(parsed, start=1):
        assert re.fullmatch(rf"{number}\. [^\[]+\[(单选题|填空题|矩阵量表题)\]", lines[0])
        assert not any(re.match(r"\s*\d", line) for line in lines[1:])
    _, sex, table = parsed
    option = re.sub(r"^[A-Za-z][.．、)）]\s*|^[A-Za-z]\s+(?=\S)", "", sex[1])
    bare = re.compile(r"^\d+\. (.+)\[.+\]$")
    return {
        "title": title,
        "opening": "\n".join(opening),
        "question": bare.match(sex[0])[1],
        "option": option,
        "instruction": bare.match(table[0])[1],
        "label": table[1].split(" ")[0],
        "item": table[2],
        "check": table[4],
    }


def read_wjx_jsonl(path):
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    table = next(line for line in lines if "rowtitle" in line)
    sex = [line for line in lines if line["qtype"] == "单选"][1]
    return {
        "title": lines[0]["title"],
        "opening": lines[0]["introduction"],
        "question": sex["title"],
        "option": sex["select"][0],
        "instruction": table["title"],
        "label": table["select"][0],
        "item": table["rowtitle"][0],
        "check": table["rowtitle"][2],
    }


def read_xlsform(path):
    """Convert as ODK and KoboToolbox do, then read labels as Markdown with its signs turned off by backslashes."""
    from pyxform.xls2xform import convert

    form = convert(path, validate=False)
    assert "<output" not in form.xform, "an answer is put in"
    shown = dict(re.findall(r'<text id="([^"]+)">\s*<value>(.*?)</value>', form.xform, flags=re.DOTALL))
    label = {name: html.unescape(text) for name, text in shown.items()}
    read = {
        "title": label["/data/Page_consent:label"],
        "consent": label["/data/Page_consent/Consent_text:label"],
        "introduction": label["/data/Page_background/Introduction:label"],
        "question": label["/data/Page_background/sex:label"],
        "option": label["answers_2-0"],
        "instruction": label["/data/Page_1/Instruction_calm:label"],
        "item": label["/data/Page_1/mn1:label"],
        "check": label["/data/Page_1/at1:label"],
        "label": label["answers_3-0"],
    }
    return {slot: _as_markdown(text) for slot, text in read.items()}


def _as_markdown(text):
    """Only what is styled nowhere is read: a sign that stands for itself, or one after a backslash."""
    bare = re.sub(r"\\[\\*_#]", "", text)
    assert not re.search(r"([*_]).*\1|(?m:^\s*#)|<[A-Za-z/!]", bare), text
    return re.sub(r"\\([\\*_#])", r"\1", text)


SHOWN = """
const Survey = require(process.argv[1]);
const page = JSON.parse(require('fs').readFileSync(0, 'utf8'));
if (page.survey) eval(page.set);
const survey = new Survey.Model(page.survey || page);
survey.data = { sex: 'female', Table_calm: { mn1: 1 } };
const named = (name) => survey.getQuestionByName(name);
const table = named('Table_calm'), sex = named('sex');
console.log(JSON.stringify({
  title: survey.locTitle.renderedHtml, question: sex.locTitle.renderedHtml,
  option: sex.choices[0].locText.renderedHtml, instruction: table.locTitle.renderedHtml,
  item: table.rows[0].locText.renderedHtml, check: table.rows[2].locText.renderedHtml,
  label: table.columns[0].locText.renderedHtml,
  consent_html: named('Consent_text').locHtml.renderedHtml,
  introduction_html: named('Introduction').locHtml.renderedHtml,
}));
"""


def shown_by_survey_core(content):
    if shutil.which("node") is None:
        pytest.skip("survey-core runs in node")
    library = files("emolabor.instrument") / "page_files" / "survey.core.min.js"
    run = subprocess.run(["node", "-e", SHOWN, str(library)], input=content, capture_output=True, check=True, text=True)
    read = json.loads(run.stdout)
    return {name.removesuffix("_html"): _html_text(text) if "_html" in name else text for name, text in read.items()}


def read_surveyjs(path):
    return shown_by_survey_core(path.read_text(encoding="utf-8"))


def read_html(path):
    """The page's questionnaire as its own script shows it."""
    written = path.read_text(encoding="utf-8")
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", written, flags=re.DOTALL)
    assert len(scripts) == 5 and written.rstrip().endswith("</html>")
    page = json.loads(scripts[0])
    page["set"] = next(line for line in scripts[-1].split("\n") if "Survey.settings" in line)
    title = html.unescape(re.search("<title>(.*?)</title>", written, flags=re.DOTALL)[1])
    read = shown_by_survey_core(json.dumps(page))
    assert read["title"] == title
    return read


def read_docx(path):
    import docx

    document = docx.Document(path)
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    head, first, _, check = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    asked = next(paragraph for paragraph in document.paragraphs if "\u2003" in paragraph.text)
    assert document.core_properties.title == paragraphs[0][:255]
    return {
        "title": paragraphs[0],
        "consent": paragraphs[1],
        "introduction": paragraphs[3],
        "question": asked.runs[0].text.removesuffix(": "),
        "option": asked.runs[1].text.split("\u2003")[0].removeprefix("□\u00a0"),
        "instruction": paragraphs[-3].removesuffix(" (Please circle a number.)"),
        "item": first[1],
        "check": check[1],
        "label": head[2],
    }


def read_sav(path):
    import pyreadstat

    _, meta = pyreadstat.read_sav(path)
    labels, values = meta.column_names_to_labels, meta.variable_value_labels
    return {
        "item": labels["mn1"],
        "check": labels["at1"],
        "question": labels["sex"],
        "option": values["sex"]["female"],
        "label": values["mn1"][1],
    }


def read_table_schema(path):
    schema = json.loads(path.read_text(encoding="utf-8"))
    fields = {field["name"]: field for field in schema["fields"]}
    return {
        "title": schema["title"],
        "item": fields["mn1"]["title"],
        "check": fields["at1"]["title"],
        "question": fields["sex"]["title"],
        "option": fields["sex"]["categories"][0]["label"],
        "label": fields["mn1"]["categories"][0]["label"],
    }


def read_ddi(path):
    with zipfile.ZipFile(path) as archive:
        tables = {
            name: list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode("utf-8-sig"), newline="")))
            for name in ("studies", "flow", "instructions", "questions", "codes")
        }
    flow = {row["id"]: row for row in tables["flow"]}
    questions = {row["id"]: row["text@en"] for row in tables["questions"]}
    codes = {(row["code_list"], row["value"]): row["label@en"] for row in tables["codes"]}
    return {
        "title": tables["studies"][0]["title@en"],
        "consent": flow["consent_text"]["text@en"],
        "introduction": flow["introduction"]["text@en"],
        "instruction": tables["instructions"][0]["text@en"],
        "question": questions["sex"],
        "option": codes["codes_1", "female"],
        "item": questions["mn1"],
        "check": questions["at1"],
        "label": codes["codes_2", "1"],
    }


READERS = {
    "xlsform": read_xlsform,
    "wjx": read_wjx,
    "wjx-jsonl": read_wjx_jsonl,
    "limesurvey": read_limesurvey,
    "qualtrics": read_qualtrics,
    "surveyjs": read_surveyjs,
    "html": read_html,
    "docx": read_docx,
    "sav-codebook": read_sav,
    "table-schema": read_table_schema,
    "ddi": read_ddi,
}
# The slot of a place that a refusal names.
PLACES = {
    "title": r"mini.yaml, line \d+, title.en",
    "consent": r"mini.yaml, line \d+, consent.en",
    "introduction": r"mini.yaml, line \d+, introduction.en",
    "instruction": r"calm.yaml, line \d+, instruction.en",
    "item": r"calm.yaml, line \d+, dimensions\[0\].items\[0\].text.en",
    "label": r"calm.yaml, line \d+, response_format.labels.en",
    "check": r"mini.yaml, line \d+, attention_checks\[0\].text.en",
    "question": r"mini.yaml, line \d+, background\[0\].names.en",
    "option": r"mini.yaml, line \d+, background\[0\].values\[0\].names.en",
}


def written_or_refused(survey, text, path, format_name):
    """Write with the text in every slot, then without it in those whose text was refused."""
    slots = set(SLOTS)
    while True:
        try:
            return survey(slots, text).write(path, format=format_name), slots
        except EmolaborError as error:
            refused = {
                slot
                for slot, place in PLACES.items()
                if re.search(rf"{place}.*: found .*; allowed: ", str(error), re.DOTALL)
            }
            assert refused & slots and not path.exists(), error
            slots -= refused


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("kind", TEXTS)
def test_a_text_arrives_as_it_is_or_is_refused_with_its_place(survey, tmp_path, format_name, kind):
    text = TEXTS[kind]
    export, slots = written_or_refused(survey, text, tmp_path / "out.xlsx", format_name)
    read = READERS[format_name](export.path)
    if format_name == "sav-codebook" and kind == "long":
        assert all(text.startswith(read[slot]) for slot in read) and "cut off in" in export.not_carried[-1]
        return
    if format_name == "wjx":  # paragraphs become lines, as the export says
        assert ("\n\n" in text) == any(told.startswith("paragraphs") for told in export.not_carried) or not slots
        text = text.replace("\n\n", "\n")
    if "opening" in read:
        plain = {slot: f"Plain words for the {slot}" for slot in ("consent", "introduction")}
        assert read.pop("opening") == "\n".join(text if slot in slots else plain[slot] for slot in plain)
    assert {slot: words for slot, words in read.items() if slot in slots} == dict.fromkeys(slots & set(read), text)
    if kind in TAKEN.get(format_name, ()):
        assert set(SLOTS) - slots <= ({"title"} if kind == "long" else set())
