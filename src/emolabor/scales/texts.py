"""Wording that is not ours to ship, merged from the file of a user who may use it."""

from dataclasses import replace

from emolabor.common.documents import check_schema, read_document


def with_texts(scale, path, schema):
    """Give a scale the wording of a local file.

    Parameters
    ----------
    scale : Scale
        A scale whose texts are withheld.
    path : str or Path
        YAML: ``scale`` (the key), ``instruction``, ``labels`` and ``items``, each by language.
    schema : dict
        The JSON Schema of scales, which holds that of local texts.

    Returns
    -------
    Scale
        The same scale in the languages of the file. Its rights stay as they are: the texts are still not ours to ship.

    Raises
    ------
    EmolaborError
        A mistake in the file: another scale's, a language or an item missing or unknown, labels that do not match.
    """
    document = read_document(path)
    check_schema(document, {"$ref": "#/$defs/local_texts", "$defs": schema["$defs"]})
    _check_texts(document, scale)
    document.refuse_problems()
    data = document.data
    spoken = [language for language in scale.languages if language in data["instruction"]]
    return replace(
        scale,
        names=_only(scale.names, spoken),
        construct=_only(scale.construct, spoken),
        instruction=data["instruction"],
        response_format=replace(scale.response_format, labels=data["labels"]),
        dimensions=tuple(
            replace(
                dimension,
                names=_only(dimension.names, spoken),
                items=tuple(replace(item, text=data["items"][item.key]) for item in dimension.items),
            )
            for dimension in scale.dimensions
        ),
    )


def _only(translations, languages):
    return {language: translations[language] for language in languages}


def _check_texts(document, scale):
    data, keys = document.data, [item.key for item in scale.items]
    if data["scale"] != scale.key:
        document.problem(("scale",), repr(data["scale"]), scale.key)
    if scale.rights["text"] != "withheld":
        document.problem(("scale",), "texts for a scale that ships its own", "a scale whose texts are withheld")
    if scale.response_format is None or not all(dimension.items for dimension in scale.dimensions):
        document.problem(("scale",), "a scale whose items have not been looked up", "one whose items are listed")
        return
    for language, labels in data["labels"].items():
        if len(labels) != scale.response_format.points:
            allowed = f"{scale.response_format.points}, one a point"
            document.problem(("labels", language), f"{len(labels)} labels", allowed)
    for key in data["items"]:
        if key not in keys:
            document.problem(("items", key), "an item that the scale does not have", ", ".join(keys))
    for key in keys:
        if key not in data["items"]:
            document.problem(("items", key), "nothing", "the wording of this item")
        else:
            document.check_translations(("items", key), data["items"][key], data["instruction"])
    document.check_translations(("labels",), data["labels"], data["instruction"])
