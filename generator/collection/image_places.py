"""Where the images of inputs lie."""

from __future__ import annotations

from generator.images.places import ImagePlaces
from generator.settings import Settings
from generator.spreadsheet.sources import Inputs


def find_places(inputs: Inputs, settings: Settings) -> ImagePlaces:
    """Return where local paths of `inputs` lead: into their folders, or into the one that the settings name.

    Folders of images hold their images themselves.
    """
    root = settings.fetch.images_root
    if root is None or all(source.kind != "file" for source in inputs.sources):
        return ImagePlaces(inputs.folder, inputs.containers, inputs.homes)
    return ImagePlaces(root, inputs.containers, starts=tuple(sorted({source.folder for source in inputs.sources})))
