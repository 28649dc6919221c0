"""The words that every questionnaire needs beside its own: by language."""

WORDS = {
    "agree": {
        "zh": "我已阅读以上说明，同意参加。",
        "zh-Hant": "我已閱讀以上說明，同意參加。",
        "en": "I have read the above and agree to take part.",
    },
    "agree_short": {"zh": "同意参加", "zh-Hant": "同意參加", "en": "I agree"},
    "consent": {"zh": "知情同意", "zh-Hant": "知情同意", "en": "Consent"},
    "code_hint": {
        "zh": "请填写邀请信上的代码；没有代码可以不填。",
        "zh-Hant": "請填寫邀請信上的代碼；沒有代碼可以不填。",
        "en": "As printed on your invitation; leave it empty if you were given none.",
    },
    "code_or_none": {
        "zh": "（请填写邀请信上的代码；没有代码请填“无”）",
        "zh-Hant": "（請填寫邀請信上的代碼；沒有代碼請填「無」）",
        "en": " (as printed on your invitation; if you were given none, write: none)",
    },
    "code_form": {"zh": "代码的格式", "zh-Hant": "代碼的格式", "en": "Form of the code"},
    "background": {"zh": "基本信息", "zh-Hant": "基本資料", "en": "About you and your work"},
    "item": {"zh": "题目", "zh-Hant": "題目", "en": "Statement"},
    "circle": {"zh": "（请圈选数字）", "zh-Hant": "（請圈選數字）", "en": " (Please circle a number.)"},
    "skipped": {"zh": "跳过", "zh-Hant": "跳過", "en": "Skipped"},
    "empty": {"zh": "未作答", "zh-Hant": "未作答", "en": "Not answered"},
    "part": {"zh": "第{}部分", "zh-Hant": "第{}部分", "en": "Part {}"},
    "save": {"zh": "保存答案", "zh-Hant": "儲存答案", "en": "Save the answers"},
    "save_text": {
        "zh": "答案还在本页中，没有上传。请点击下面的按钮保存为文件，再按发卷人的要求交回。",
        "zh-Hant": "答案還在本頁中，沒有上傳。請點擊下面的按鈕儲存為檔案，再按發卷人的要求交回。",
        "en": "The answers are still in this page and were sent nowhere. Please save them as a file with the button "
        "below, and hand it in as you were told.",
    },
    "again": {"zh": "填写下一份", "zh-Hant": "填寫下一份", "en": "Next respondent"},
    "thanks": {
        "zh": "问卷到此结束，谢谢您的参与！",
        "zh-Hant": "問卷到此結束，謝謝您的參與！",
        "en": "This is the end. Thank you for taking part!",
    },
}


def words_in(languages):
    """The words in some languages only.

    Parameters
    ----------
    languages : sequence of str
        The languages a questionnaire is written in.

    Returns
    -------
    dict of str to dict
        As `WORDS`.
    """
    return {name: {language: texts[language] for language in languages} for name, texts in WORDS.items()}
