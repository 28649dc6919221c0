"""Every format writes the small questionnaire as it did before, and the same bytes on every run."""

import pytest
from small_instrument import CASES, GOLDEN, parts, write

pytestmark = pytest.mark.slow  # the bytes are those of the locked packages, not of the oldest allowed


@pytest.mark.parametrize(("name", "language"), CASES)
def test_a_format_writes_its_golden_file(tmp_path, name, language):
    first, second = (write(tmp_path / turn, name, language) for turn in ("first", "second"))
    assert first == second
    assert parts(first) == parts((GOLDEN / f"{name}.{language}").read_bytes())


def test_there_is_no_golden_file_too_many():
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.{language}" for name, language in CASES}
