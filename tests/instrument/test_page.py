"""The HTML questionnaire, answered as people do: in a browser, from disk, then the saved file read back."""

import random

import pandas as pd
import pytest
from hostile import hostile
from small_instrument import small

from emolabor.instrument.form import make_form
from emolabor.responses import read_responses

from ..report.test_markup import PAYLOADS

pytestmark = pytest.mark.slow

NEXT, LAST = "input.sd-navigation__next-btn", "input.sd-navigation__complete-btn"
NEXT_WORD = {"zh": "下一页", "en": "Next"}


def answer(page, form, language, answers):
    """Go through the pages and choose the answers; a key that is not among them is left out."""
    page.get_by_text(form.agreement.choices[0].names[language], exact=True).click()
    page.locator(NEXT).click()
    for question in form.background:
        if question.key in answers:
            if question.choices:
                label = {str(one.code): one.names[language] for one in question.choices}[answers[question.key]]
                page.get_by_text(label, exact=True).click()
            else:
                page.get_by_role("textbox", name=question.text[language]).fill(answers[question.key])
    for one in form.pages:
        page.locator(NEXT).click()
        for table in one:
            for row in table.rows:
                if row.key in answers:
                    line = page.locator("tr", has_text=row.text[language])
                    line.locator(f"input[value='{answers[row.key]}']").check(force=True)
    page.locator(LAST).click()


def saved(page, folder):
    with page.expect_download() as download:
        page.locator("#save").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_answers_given_are_the_answers_read(page, tmp_path, language):
    instrument, form = small(), make_form(small())
    page.goto(instrument.write(tmp_path / "page.html", format="html", language=language).path.as_uri())
    draw = random.Random(language)
    answers = {row.key: str(draw.choice(row.choices).code) for table in form.tables for row in table.rows}
    answers |= {"centre": "C07", "work_type": "agency", "age": "2"}
    del answers["pu1"]
    assert page.locator(NEXT).input_value() == NEXT_WORD[language]
    answer(page, form, language, answers)
    path = saved(page, tmp_path)
    assert path.name.startswith("small-") and path.suffix == ".csv"
    staff = read_responses(path, instrument)
    row = staff.data.iloc[0]
    for key, code in answers.items():
        assert row[key] == code if isinstance(row[key], str) else row[key] == float(code), key
    assert pd.isna(row["pu1"])
    assert 0 <= row["seconds"] < 60
    assert set(staff.report["column"]) == {"consent", "respondent"}


def test_the_language_can_be_changed_and_the_next_respondent_begins_anew(page, tmp_path):
    form = make_form(small())
    path = small().write(tmp_path / "page.html", format="html", language="zh").path
    page.goto(path.as_uri() + "?centre=C11&ca1=5")
    assert page.locator("html").get_attribute("lang") == "zh-cn"
    page.get_by_role("button", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    answer(page, form, "en", {"ca1": "2"})
    first = pd.read_csv(saved(page, tmp_path))
    assert first.loc[0, ["centre", "ca1", "consent"]].tolist() == ["C11", 2, 1]
    page.get_by_role("button", name="Next respondent").click()
    answer(page, form, "en", {"ti1": "4"})
    second = pd.read_csv(saved(page, tmp_path))
    assert second.loc[0, "ti1"] == 4
    assert second["ca1"].isna().all()


def test_the_folder_of_saved_files_is_read_as_one(page, tmp_path):
    form, answers = make_form(small()), tmp_path / "answers"
    page.goto(small().write(tmp_path / "page.html", format="html", language="zh").path.as_uri())
    for given in ({"ca1": "2"}, {"ca1": "5"}):
        answer(page, form, "zh", given)
        saved(page, answers)
        page.get_by_role("button", name="填写下一份").click()
    assert read_responses(answers, small()).data["ca1"].tolist() == [2, 5]


def test_without_consent_and_with_a_wrong_code_there_is_no_next_page(page, tmp_path):
    form = make_form(small())
    page.goto(small().write(tmp_path / "page.html", format="html", language="en").path.as_uri())
    page.locator(NEXT).click()
    assert page.get_by_text(form.consent["en"]).is_visible()
    page.get_by_text("I agree", exact=True).click()
    page.locator(NEXT).click()
    page.get_by_role("textbox").fill("=1+1")
    page.locator(NEXT).click()
    assert page.get_by_text("Form of the code: C[0-9]{2}").is_visible()
    page.get_by_role("textbox").fill("")
    page.locator(NEXT).click()
    assert page.get_by_text(form.tables[0].instruction["en"]).first.is_visible()


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_words_made_to_do_harm_are_shown_as_they_are(page, tmp_path, payload):
    instrument = hostile(tmp_path / "small", payload)
    page.goto(instrument.write(tmp_path / "page.html", format="html", language="en").path.as_uri())
    blankless = "".join(payload.split())
    assert "".join(page.title().split()).startswith(blankless)
    seen = "".join(page.locator("body").inner_text().split())
    page.locator("input[type=radio]").first.check(force=True)
    page.locator(NEXT).click()
    seen += "".join(page.locator("body").inner_text().split())
    assert seen.count(blankless) >= 5
    elements = page.locator(
        "body [onclick], body [onmouseover], body [data-src], body img, body iframe, body a[href^=java]"
    )
    assert elements.count() == 0
