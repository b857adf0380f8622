"""Settings: their defaults, and their values from flags, the environment and a file."""

from generator.settings.schema import (
    FACETS,
    Auto,
    ClusterSettings,
    EmbeddingSettings,
    FetchSettings,
    ImageSettings,
    MapMix,
    MapSettings,
    MosaicSettings,
    PostSettings,
    PublishSettings,
    ReadSettings,
    RunSettings,
    Settings,
    SimilaritySettings,
    SiteSettings,
)

__all__ = [
    "FACETS",
    "Auto",
    "ClusterSettings",
    "EmbeddingSettings",
    "FetchSettings",
    "ImageSettings",
    "MapMix",
    "MapSettings",
    "MosaicSettings",
    "PostSettings",
    "PublishSettings",
    "ReadSettings",
    "RunSettings",
    "Settings",
    "SimilaritySettings",
    "SiteSettings",
]
