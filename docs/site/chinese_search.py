"""Search in Chinese: text and question are cut into every two signs that stand side by side, without a dictionary.

A word of the field is found although no dictionary has it, and page and question are always cut alike.
"""

import re

from sphinx.search import SearchLanguage

SIGNS = "\u3400-\u9fff"


class ChineseSearch(SearchLanguage):
    """Pairs of Chinese signs, and words of letters and digits; the script in the browser does the same."""

    lang = "zh"
    language_name = "Chinese"
    js_splitter_code = rf"""
var splitQuery = (query) =>
  (query.match(/[{SIGNS}]+|[^\W{SIGNS}]+/gu) || []).flatMap((run) =>
    /[{SIGNS}]/.test(run) && run.length > 2
      ? Array.from({{ length: run.length - 1 }}, (_, place) => run.slice(place, place + 2))
      : [run]
  );
"""

    def split(self, input):
        """Return the pairs and the words of a text."""
        found = []
        for run in re.findall(rf"[{SIGNS}]+|[^\W{SIGNS}]+", input):
            is_chinese = re.match(f"[{SIGNS}]", run) and len(run) > 2
            found += [run[place : place + 2] for place in range(len(run) - 1)] if is_chinese else [run]
        return found

    def stem(self, word):
        """Return a word as it is, in small letters."""
        return word.lower()

    def word_filter(self, word):
        """Keep what has two signs or more."""
        return len(word) > 1
