"""What a wheel takes along of the top-level folders, so that an installed package runs the study too."""

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = (
    "notebooks",
    "paper",
    "data/published",
    "data/reference_lavaan",
    "data/simulated",
    "results/reference",
)


class TakeFoldersAlong(BuildHookInterface):
    """An editable installation reads them where they lie."""

    def initialize(self, version, build_data):
        """Add the folders to a wheel that is to be installed elsewhere."""
        if version == "standard":
            build_data["force_include"] |= {folder: f"emolabor/project/{folder}" for folder in FOLDERS}
