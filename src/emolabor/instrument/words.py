"""The words that every questionnaire needs beside its own: by language."""

WORDS = {
    "agree": {"zh": "我已阅读以上说明，同意参加。", "en": "I have read the above and agree to take part."},
    "agree_short": {"zh": "同意参加", "en": "I agree"},
    "consent": {"zh": "知情同意", "en": "Consent"},
    "code_hint": {
        "zh": "请填写邀请信上的代码；没有代码可以不填。",
        "en": "As printed on your invitation; leave it empty if you were given none.",
    },
    "code_or_none": {
        "zh": "（请填写邀请信上的代码；没有代码请填“无”）",
        "en": " (as printed on your invitation; if you were given none, write: none)",
    },
    "code_form": {"zh": "代码的格式", "en": "Form of the code"},
    "background": {"zh": "基本信息", "en": "About you and your work"},
    "item": {"zh": "题目", "en": "Statement"},
    "circle": {"zh": "（请圈选数字）", "en": " (Please circle a number.)"},
    "skipped": {"zh": "跳过", "en": "Skipped"},
    "empty": {"zh": "未作答", "en": "Not answered"},
    "part": {"zh": "第{}部分", "en": "Part {}"},
    "save": {"zh": "保存答案", "en": "Save the answers"},
    "save_text": {
        "zh": "答案还在本页中，没有上传。请点击下面的按钮保存为文件，再按发卷人的要求交回。",
        "en": "The answers are still in this page and were sent nowhere. Please save them as a file with the button "
        "below, and hand it in as you were told.",
    },
    "again": {"zh": "填写下一份", "en": "Next respondent"},
    "thanks": {"zh": "问卷到此结束，谢谢您的参与！", "en": "This is the end. Thank you for taking part!"},
}
