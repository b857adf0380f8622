"""What counts as similar: content, colour and composition, mixed as the user sets it and taught by examples.

Below, `pixels` are the images' small pictures (n, 16, 16, 3), sRGB, as `generator.images.signature` keeps them.
"""
