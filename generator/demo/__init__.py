"""Draw a sample to try the product on: five invented houses and their posts."""

from generator.demo.sample import TITLE, write_sample

__all__ = ["TITLE", "write_sample"]
