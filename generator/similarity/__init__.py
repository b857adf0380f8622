"""Similarity of images: content, colour and composition, mixed as the user sets it and learned from examples.

In this package, `pixels` are the images' small pictures (n, 16, 16, 3), sRGB, of `generator.images.signature`.
"""
