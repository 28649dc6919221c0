"""Words of the sheets that people fill in: sheets, headings and answers, each known in both languages."""

SHEETS = {
    "texts": {"zh": "文本", "en": "Texts"},
    "people": {"zh": "步骤", "en": "Steps"},
    "about": {"zh": "说明", "en": "About"},
}
# Columns between source and status, in the order of TRAPD, and the step that the record knows each as.
STAGES = {
    "forward_a": "forward_translation",
    "forward_b": "forward_translation",
    "synthesis": "synthesis",
    "back": "back_translation",
    "committee": "committee",
    "interviews": "cognitive_interview",
}
HEADINGS = {
    "part": {"zh": "部分", "en": "Part"},
    "source": {"zh": "原文", "en": "Source text"},
    "forward_a": {"zh": "正向翻译甲", "en": "Forward translation A"},
    "forward_b": {"zh": "正向翻译乙", "en": "Forward translation B"},
    "synthesis": {"zh": "综合稿", "en": "Synthesis"},
    "back": {"zh": "回译", "en": "Back translation"},
    "committee": {"zh": "委员会定稿", "en": "Committee"},
    "interviews": {"zh": "认知访谈意见", "en": "Cognitive interviews"},
    "status": {"zh": "状态", "en": "Status"},
    "step": {"zh": "步骤", "en": "Step"},
    "roles": {"zh": "由谁完成（角色，用分号隔开）", "en": "Who (roles, parted by ;)"},
    "date": {"zh": "日期（年-月-日）", "en": "Date (YYYY-MM-DD)"},
    "about": {"zh": "说明", "en": "About this workbook"},
    "item": {"zh": "题号", "en": "Item"},
    "text": {"zh": "题目", "en": "Text"},
    "rating": {"zh": "相关性（1 不相关 – 4 高度相关）", "en": "Relevance (1 not relevant - 4 highly relevant)"},
    "remarks": {"zh": "意见", "en": "Remarks"},
    "probes": {"zh": "追问", "en": "Probes"},
    "understood": {"zh": "理解与本意一致（是/否）", "en": "Understood as meant (yes/no)"},
}
SETTLED = "settled"
STATUS = {"open": {"zh": "待定", "en": "open"}, "settled": {"zh": "定稿", "en": "settled"}}
YES_NO = {"yes": {"zh": "是", "en": "yes"}, "no": {"zh": "否", "en": "no"}}
PEOPLE = {
    "forward_a": {"zh": "译者甲", "en": "translator A"},
    "forward_b": {"zh": "译者乙", "en": "translator B"},
    "synthesis": {"zh": "译者甲; 译者乙", "en": "translator A; translator B"},
    "back": {"zh": "译者丙", "en": "translator C"},
    "committee": {"zh": "翻译委员会", "en": "committee"},
    "interviews": {"zh": "访谈员", "en": "interviewer"},
}
WAY = {
    "zh": (
        "两位译者分别独立翻译；两稿合为综合稿；由未见过原文的人回译；委员会定稿；再请受访者边想边答。",
        "状态写“定稿”的行才会读入：委员会定稿（没有则取综合稿）成为题目文字，各格写入改编记录。",
        "请在“步骤”表中填写日期和角色，不写姓名。",
    ),
    "en": (
        "Two people translate apart; the two drafts are made into one; somebody who has not seen the source translates "
        "back; a committee settles the wording; respondents then think aloud over it.",
        "Only rows with the status settled are read: the committee's text, or else the synthesis, becomes the text, "
        "and each filled cell an entry of the record.",
        "Give the day and the people of each step in the sheet Steps: roles, no names.",
    ),
}


def in_any_language(words, text):
    """Find what a word of a sheet means, whatever language it is written in.

    Parameters
    ----------
    words : dict of str to dict
        Meaning to the word by language.
    text : str
        What was found.

    Returns
    -------
    str or None
        The meaning.

    Examples
    --------
    >>> in_any_language(STATUS, "定稿"), in_any_language(STATUS, " Settled ")
    ('settled', 'settled')
    """
    plain = text.strip().casefold()
    return next((key for key, known in words.items() if plain in map(str.casefold, known.values())), None)
