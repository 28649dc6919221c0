"""One default language, of the environment or the locale, for every command and every function."""

import inspect
import re
from importlib import import_module

import click
import pytest

import emolabor as el
from emolabor import cli
from emolabor.common.languages import LANGUAGES, chosen_language, default_language

pytestmark = pytest.mark.slow


@pytest.fixture
def speaking(monkeypatch):
    """Set the variables of an environment, all others that tell a language removed."""

    def set_variables(**variables):
        for name in ("EMOLABOR_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return set_variables


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"EMOLABOR_LANGUAGE": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"EMOLABOR_LANGUAGE": "zh", "LANG": "de_DE.UTF-8"}, "zh"),
        ({"EMOLABOR_LANGUAGE": "", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "zh_CN.GB18030", "LANG": "en_GB.UTF-8"}, "zh"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_SG", "LANG": "en_GB.UTF-8"}, "zh"),
        ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
    ],
)
def test_the_variable_goes_before_the_locale(speaking, variables, language):
    speaking(**variables)
    assert default_language() == chosen_language() == language
    assert cli.main(["claims", "list"]) == 0


@pytest.mark.parametrize(
    ("name", "language"),
    [("Chinese (Simplified)_China", "zh"), ("Chinese (Traditional)_Taiwan", "zh-Hant"), ("German_Germany", "en")],
)
def test_without_variables_the_system_is_asked(speaking, monkeypatch, name, language):
    speaking()
    monkeypatch.setattr("locale.getlocale", lambda: (name, "1252"))
    assert default_language(("zh", "zh-Hant", "en")) == language


def test_where_a_thing_is_not_written_in_it_another_language_stands_in(speaking):
    speaking(EMOLABOR_LANGUAGE="zh-Hant")
    assert default_language(("en", "zh")) == "zh"
    speaking(EMOLABOR_LANGUAGE="zh")
    assert default_language(("en",)) == "en"
    speaking(EMOLABOR_LANGUAGE="en")
    assert default_language(("zh-Hant",)) == "zh-Hant"


def test_a_language_that_is_not_known_is_refused(speaking, capsys):
    speaking(EMOLABOR_LANGUAGE="fr")
    with pytest.raises(el.EmolaborError, match="EMOLABOR_LANGUAGE: found 'fr'; allowed: zh, zh-Hant, en"):
        el.screening_indices()
    assert cli.main(["claims", "list"]) == 2
    assert "found 'fr'" in capsys.readouterr().err
    assert el.screening_indices("en").shape == el.screening_indices("zh").shape  # asked for, nothing else counts


def test_commands_and_functions_follow_it(speaking, tmp_path, capsys):
    for language, title in (("zh", "# 编码手册"), ("en", "# Codebook")):
        speaking(EMOLABOR_LANGUAGE=language)
        assert cli.main(["codebook", "--output", str(tmp_path / "a.md")]) == 0
        el.codebook(el.load_instrument("window_staff")).write(tmp_path / "b.md")
        written = (tmp_path / "a.md").read_text(encoding="utf-8")
        assert written.startswith(title) and written == (tmp_path / "b.md").read_text(encoding="utf-8")
    capsys.readouterr()


def test_what_others_fill_in_is_in_its_first_language_whatever_the_machine(speaking, tmp_path):
    for language in ("zh", "en"):
        speaking(EMOLABOR_LANGUAGE=language)
        export = el.load_instrument("window_staff").write(tmp_path / f"{language}.txt", format="wjx")
        assert export.language == "zh"
        el.write_rating_form(el.load_scale("belonging"), tmp_path / f"{language}.docx")
    assert (tmp_path / "zh.docx").read_bytes() == (tmp_path / "en.docx").read_bytes()


def commands(group):
    found = group.commands.values()
    return [one for command in found for one in (commands(command) if isinstance(command, click.Group) else [command])]


@pytest.mark.parametrize("command", commands(cli.cli), ids=lambda command: command.name)
def test_no_command_has_a_default_of_its_own(command):
    for option in command.params:
        if option.name in ("language", "headings"):
            assert option.get_default(click.Context(command)) not in LANGUAGES
            others = "the system's|told by their script|the first the (scale|instrument) is written in"
            assert re.search(f"[Bb]y default (that of EMOLABOR_LANGUAGE|{others})", option.help)


def test_no_public_function_has_a_default_of_its_own():
    found = {}
    for name in el.__all__:
        value = getattr(el, name)
        members = vars(value).values() if inspect.isclass(value) else (value,)
        for function in filter(inspect.isfunction, members):
            parameter = inspect.signature(function).parameters.get("language")
            found[f"{name}.{function.__name__}"] = parameter.default if parameter else None
    for room, cls in (("measurement.validation", "ValidationReport"), ("responses.staff", "Staff")):
        for function in filter(inspect.isfunction, vars(getattr(import_module(f"emolabor.{room}"), cls)).values()):
            parameter = inspect.signature(function).parameters.get("language")
            found[function.__qualname__] = parameter.default if parameter else None
    assert {default for default in found.values() if default is not inspect.Parameter.empty} == {None}
