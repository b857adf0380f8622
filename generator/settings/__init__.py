"""Every choice, its default, and how it is read."""

from generator.settings.schema import (
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
