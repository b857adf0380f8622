"""Every choice, its default, and how it is read."""

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
