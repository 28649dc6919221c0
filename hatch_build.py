"""What a wheel takes along of the top-level folders, so that an installed package runs the study too; its addresses."""

import tomllib
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

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


class Addresses(MetadataHookInterface):
    """The addresses of the project follow from the one of its repository, and are none while that is empty."""

    def update(self, metadata):
        """Add them to what the package says of itself."""
        project = tomllib.loads((Path(self.root) / "pyproject.toml").read_text(encoding="utf-8"))
        repository = project["tool"]["emolabor"]["repository"].rstrip("/")
        places = {"Source": "", "Changelog": "/blob/main/CHANGELOG.md", "Issues": "/issues"}
        metadata["urls"] = {name: f"{repository}{place}" for name, place in places.items()} if repository else {}
