"""Which notebooks nbval executes only where everything is asked for, as `.ci/run` does."""

import pytest

# Their Chinese editions take as long as all others together, and a test sees that both editions show the same numbers.
SLOW = ("07_structural_model.en.ipynb", "10_levers.en.ipynb")


def pytest_collection_modifyitems(items):
    """Mark every cell of the slow ones."""
    for item in items:
        if item.path.name in SLOW:
            item.add_marker(pytest.mark.whole)
