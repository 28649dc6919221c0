"""One large draw for all tests of this room."""

from dataclasses import replace

import pytest

from emolabor.instrument import load_instrument
from emolabor.responses import scored_items
from emolabor.simulation import draw_staff, load_population


@pytest.fixture(scope="session")
def shipped():
    """The population as it is shipped."""
    return load_population()


@pytest.fixture(scope="session")
def population(shipped):
    """The population without its method factor, which no analysis here models, and with a product that can be seen."""
    products = shipped.interactions.assign(value=0.12)
    return replace(shipped, method_share=0.0, interactions=products)


@pytest.fixture(scope="session")
def instrument():
    return load_instrument("window_staff")


@pytest.fixture(scope="session")
def many_centres(population):
    """The population with 2,000 centres and 200 departments: so many that their own sampling error does not count."""
    centres = {**population.settings["centres"], "count": 2000}
    units = {**population.settings["units"], "departments": [1 / 200] * 200, "evenness": 400, "agencies": 200}
    return replace(population, settings={**population.settings, "centres": centres, "units": units})


@pytest.fixture(scope="session")
def large(many_centres, instrument):
    """40,000 staff as fielded, and who of them is careless."""
    return draw_staff(many_centres, instrument, 40_000, 1)


@pytest.fixture(scope="session")
def everyone(large, instrument):
    """The items of the large draw, reverse-worded ones turned, with centre and dispatch type."""
    frame, _ = large
    return scored_items(frame, instrument).join(frame[["centre", "dispatch_type"]])


@pytest.fixture(scope="session")
def careful(large, everyone):
    """As `everyone`, without the careless."""
    return everyone[~large[1]]


@pytest.fixture(scope="session")
def measure(instrument):
    """Write the measurement model of some constructs."""

    def lines(*constructs):
        return "\n".join(f"{name} =~ {' + '.join(instrument.dimensions()[name])}" for name in constructs) + "\n"

    return lines
