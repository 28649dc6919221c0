"""The steps of an adaptation and the guidelines of the International Test Commission that they serve.

The codes are those of the second edition (International Test Commission, 2018). What each asks for is said here in our
own words; the guidelines themselves are the Commission's.

International Test Commission (2018). ITC guidelines for translating and adapting tests (second edition). International
Journal of Testing, 18(2), 101-134.
"""

import pandas as pd

GUIDELINES = {
    "PC-1": "Before anything is changed, whoever holds the rights has agreed to it.",
    "PC-2": "What the scale measures exists, and means much the same, for the people it will be used with.",
    "PC-3": "Differences of culture and language that are foreign to the construct weigh as little as they can.",
    "TD-1": "Those who translate and judge know both languages, both cultures, the subject and how items are written.",
    "TD-2": "The design of the translation suits its purpose; one person's single draft is not enough.",
    "TD-3": "There is evidence that instructions and items say the same to the old and the new respondents.",
    "TD-4": "Answer format, scoring and way of asking are as familiar to the new respondents as to the old.",
    "TD-5": "A pilot with the new version allows item analysis, reliability and a first look at validity.",
    "C-1": "The sample of the main study is like those the scale is for, and large enough for what is computed.",
    "C-2": "Statistics show that construct, method and items are equivalent between versions or groups.",
    "C-3": "Norms, reliability and validity are shown for the new version in its own population.",
    "C-4": "Scores of two versions are put on one metric only with a design and an analysis made for it.",
    "A-1": "Instructions and material keep trouble with language or with the way of asking small.",
    "A-2": "The conditions of answering are written down and kept alike everywhere.",
    "SSI-1": "Differences between groups are read together with everything else that is known about them.",
    "SSI-2": "Scores are compared between groups only as far as invariance has been shown.",
    "Doc-1": "Every change is documented, with the evidence that old and new are equivalent.",
    "Doc-2": "Users of the new version are told in writing how to use it well.",
}

# Step: the guideline it serves first, and what is done.
STEPS = {
    "start": ("Doc-1", "A new version is begun from an old one."),
    "permission": ("PC-1", "The holder of the rights agrees to the use and the change."),
    "construct_review": ("PC-2", "People who know the new setting judge whether the construct carries over."),
    "rewording": ("PC-3", "An item is worded anew in its own language, for another setting."),
    "forward_translation": ("TD-2", "A text is translated into the new language, best by two people apart."),
    "synthesis": ("TD-2", "The translations are made into one."),
    "back_translation": ("TD-2", "Somebody who has not seen the original translates back; the two are compared."),
    "committee": ("TD-1", "Translators, experts of the subject and of measurement settle the wording together."),
    "expert_rating": ("TD-3", "Experts rate how relevant each item is; see content validity."),
    "cognitive_interview": ("TD-3", "Respondents of the new setting think aloud while they answer."),
    "pilot": ("TD-5", "A small sample answers; items are analysed."),
    "validation": ("C-3", "A study of its own shows reliability and validity of the new version."),
}


def adaptation_steps():
    """List the steps that the record of an adaptation knows.

    Returns
    -------
    DataFrame
        One row a step: step, what is done, the guideline it serves first (code of the International Test
        Commission, 2018) and what that asks for, in our own words.

    Examples
    --------
    >>> adaptation_steps().set_index("step").loc["pilot", "guideline"]
    'TD-5'
    """
    return pd.DataFrame(
        {"step": step, "what": what, "guideline": code, "asks": GUIDELINES[code]}
        for step, (code, what) in STEPS.items()
    )
