"""What a scale's file must keep beyond its schema: languages, keys, labels, rights, the record."""

from emolabor.scales.scale import RESERVED


def check_rules(document):
    """Note every mistake that the schema cannot see.

    Parameters
    ----------
    document : Document
        A scale's file that keeps the schema; mistakes are noted in it.
    """
    _check_languages(document)
    check_converted(document, document.data["names"])
    _check_keys(document)
    _check_labels(document)
    _check_rights(document)
    _check_validation(document)
    _check_record(document)


def check_converted(document, languages):
    """Note a language that is called converted and that nothing is written in."""
    for position, language in enumerate(document.data.get("converted", ())):
        if language not in languages:
            document.problem(("converted", position), repr(language), f"a language of the file: {', '.join(languages)}")


def _entries(data, kind):
    """Dimensions or items, each with its path in the file."""
    for position, dimension in enumerate(data["dimensions"]):
        where = ("dimensions", position)
        if kind == "dimension":
            yield where, dimension
        else:
            for number, item in enumerate(dimension["items"]):
                yield (*where, "items", number), item


def _check_languages(document):
    """Ask that what is written in one language is written in all languages of the scale's names."""
    data = document.data
    labels = data["response_format"] and data["response_format"]["labels"]
    translated = [(("construct",), data["construct"]), (("instruction",), data["instruction"])]
    translated.append((("response_format", "labels"), labels))
    translated += [((*where, "names"), dimension["names"]) for where, dimension in _entries(data, "dimension")]
    translated += [((*where, "text"), item["text"]) for where, item in _entries(data, "item")]
    for where, translations in translated:
        if translations:
            document.check_translations(where, translations, data["names"])


def _check_keys(document):
    """Ask for unique keys: items are columns, dimensions are latent variables, and one model holds both."""
    seen = dict.fromkeys(RESERVED, "a part of every scale")
    for where, entry in [*_entries(document.data, "dimension"), *_entries(document.data, "item")]:
        name = entry["key"].casefold()  # SPSS tells no capital from a small letter
        if name in seen:
            document.problem((*where, "key"), f"{entry['key']!r}, already the key of {seen[name]}", "a new key")
        seen[name] = document.place(where)


def _check_labels(document):
    response_format = document.data["response_format"]
    for language, labels in ((response_format and response_format["labels"]) or {}).items():
        if len(labels) != response_format["points"]:
            where = ("response_format", "labels", language)
            document.problem(where, f"{len(labels)} labels", f"{response_format['points']}, one a point")


def _check_rights(document):
    """Ask that the wording of the items is withheld, all of it, or shipped, all of it."""
    data = document.data
    withheld = data["rights"]["text"] == "withheld"
    items = [((*where, "text"), item["text"]) for where, item in _entries(data, "item")]
    around = [(("instruction",), data["instruction"])]
    if data["response_format"]:
        around.append((("response_format", "labels"), data["response_format"]["labels"]))
    for where, text in items:
        if withheld and text is not None:
            document.problem(where, "a text", "null, because rights.text is withheld")
    for where, text in items + around:
        if not withheld and text is None:
            document.problem(where, "nothing", "the wording, because rights.text is not withheld")
    # Where the items or answers of somebody else's scale have not been looked up, the file may say so by leaving a gap.
    if not withheld and data["response_format"] is None:
        document.problem(("response_format",), "nothing", "points and labels, because rights.text is not withheld")
    for where, dimension in _entries(data, "dimension"):
        if not dimension["items"] and not withheld:
            document.problem((*where, "items"), "0 entries", "at least 1")


def _check_validation(document):
    """Ask that a scale called validated names the studies, and one that is not names none."""
    named, validated = bool(document.data.get("validation")), document.data["status"] == "validated"
    if validated and not named:
        document.problem(("validation",), "nothing", "the studies, because status is validated")
    if named and not validated:
        document.problem(("validation",), "studies", "none, because status is not validated")


def _check_record(document):
    """Ask that the record shows no wording of an item that is withheld."""
    data = document.data
    if data["rights"]["text"] != "withheld":
        return
    ours = {*RESERVED, *(dimension["key"] for dimension in data["dimensions"])}
    for position, entry in enumerate(data["adaptation"]):
        for name in ("old", "new"):
            if entry["part"] not in ours and {"zh", "zh-Hant", "en"} & set(entry.get(name, ())):
                document.problem(("adaptation", position, name), "a text", "none, because rights.text is withheld")
