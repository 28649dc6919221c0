"""CSV as Excel on a Western Windows saves it: read where its letters leave no doubt, else refused with the remedy."""

import pandas as pd
import pytest

import emolabor as el

LABELS = [
    "Pas du tout d'accord",
    "Plutôt pas d'accord",
    "Ni l'un ni l'autre",
    "Plutôt d'accord",
    "Tout à fait d’accord",
]
TEXTS = {
    "ca1": "Même pressé, je reste calme.",
    "ca2": "Les réclamations énervées ne me gênent guère.",
    "ca3": "J’écoute jusqu’à la fin.",
}


@pytest.fixture(scope="module")
def instrument(tmp_path_factory):
    folder = tmp_path_factory.mktemp("french")
    items = "".join(f'      - {{key: {key}, text: {{en: "{text}"}}, reverse: false}}\n' for key, text in TEXTS.items())
    (folder / "calme.yaml").write_text(
        "key: calme\nnames: {en: Calme}\nconstruct: {en: Rester calme.}\ncitations: [{source: aucune, use: aucune, "
        "verified: false}]\ninstruction: {en: Répondez.}\n"
        f"response_format:\n  points: 5\n  labels:\n    en: {LABELS}\n"
        f"dimensions:\n  - key: calme\n    names: {{en: Calme}}\n    items:\n{items}scoring: mean\n"
        'rights: {status: own, holder: x, licence: CC BY 4.0, evidence: neuf, checked_on: "2026-01-01", text: own}\n'
        "status: not validated\nadaptation: []\n",
        encoding="utf-8",
    )
    (folder / "enquete.yaml").write_text(
        "key: enquete\ntitle: {en: Enquête}\nconsent: {en: Volontaire.}\nintroduction: {en: Bonjour.}\n"
        "scales: [calme.yaml]\nattention_checks: []\nbackground: []\n",
        encoding="utf-8",
    )
    return el.load_instrument(folder / "enquete.yaml")


@pytest.fixture(scope="module")
def codes():
    return pd.DataFrame(
        {key: [(7 * row + place * row) % 5 + 1 for row in range(60)] for place, key in enumerate(TEXTS)}
    )


WRITTEN = {
    "wordings": lambda codes: codes.rename(columns=TEXTS),
    "wordings and labels": lambda codes: codes.map(lambda code: LABELS[code - 1]).rename(columns=TEXTS),
    "labels under keys": lambda codes: codes.map(lambda code: LABELS[code - 1]),
    "remarks beside codes": lambda codes: codes.assign(remarque="déjà répondu à l’été"),
}


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
@pytest.mark.parametrize("case", WRITTEN)
def test_a_western_csv_is_read_and_its_encoding_told(case, encoding, separator, instrument, codes, tmp_path):
    text = WRITTEN[case](codes).to_csv(index=False, sep=separator)
    text = text.replace("’", "'") if encoding == "latin-1" else text
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    staff = el.read_responses(tmp_path / "a.csv", instrument, partial=True)
    pd.testing.assert_frame_equal(staff.data, codes, check_dtype=False)
    assert staff.report.query("kind == 'encoding'")["found"].tolist() == ["cp1252"]


IN_DOUBT = {
    "Mac": ("Même très pressé à l'été, ça et là", "mac_roman"),
    "Russian": ("Совершенно согласен", "cp1251"),
    "Greek": ("Συμφωνώ απόλυτα", "cp1253"),
}


@pytest.mark.parametrize("case", IN_DOUBT)
def test_other_letters_are_never_taken_for_western_ones(case, instrument, codes, tmp_path):
    text, encoding = IN_DOUBT[case]
    answers = codes.assign(ca1=text).rename(columns={"ca2": f"ca2 {text}"})
    (tmp_path / "a.csv").write_bytes(answers.to_csv(index=False).encode(encoding))
    with pytest.raises(el.EmolaborError, match=r"--encoding|no column for ca2|ca1 \(1 to 5\): 60 of 60 cells"):
        el.read_responses(tmp_path / "a.csv", instrument)
    mapping = {"columns": {"ca2": f"ca2 {text}"}, "missing": {"ca1": [text]}}
    staff = el.read_responses(tmp_path / "a.csv", instrument, mapping, encoding=encoding)
    assert staff.data["ca1"].isna().all() and staff.data["ca2"].tolist() == codes["ca2"].tolist()


@pytest.mark.parametrize("text", ["A类", "男", "b款 c款", "部门"])
def test_a_few_chinese_letters_are_not_taken_for_western_ones(text, instrument, codes, tmp_path):
    (tmp_path / "a.csv").write_bytes(codes.assign(**{text: text}).to_csv(index=False).encode("gb18030"))
    staff = el.read_responses(tmp_path / "a.csv", instrument)
    assert text in staff.report["column"].tolist() and "encoding" not in set(staff.report["kind"])


def test_korean_headings_tell_their_encoding(instrument, codes, tmp_path):
    headings = {"ca1": "나는 침착하다", "ca2": "불만을 잘 듣는다", "ca3": "끝까지 듣는다"}
    (tmp_path / "a.csv").write_bytes(codes.rename(columns=headings).to_csv(index=False).encode("cp949"))
    staff = el.read_responses(tmp_path / "a.csv", instrument, {"columns": headings})
    pd.testing.assert_frame_equal(staff.data, codes, check_dtype=False)
