import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps

from generator.embedding.builtin import describe_image, fit_combination


def combine_descriptors(descriptors: np.ndarray, seed: int) -> np.ndarray:
    """Features of a set by itself."""
    return fit_combination(descriptors, seed).combine(descriptors)


def draw(theme: str, seed: int) -> Image.Image:
    """One image of a theme, at its own size, place and colours."""
    rng = np.random.default_rng(seed)
    light, dark = (tuple(int(v) for v in rng.integers(*span, 3)) for span in ((150, 255), (0, 110)))
    width, height = (int(v) for v in rng.integers(180, 320, 2))
    image = Image.new("RGB", (width, height), light)
    pen = ImageDraw.Draw(image)
    left, top = rng.uniform(0.05, 0.2, 2) * (width, height)
    right, bottom = rng.uniform(0.75, 0.95, 2) * (width, height)
    if theme == "disc":
        pen.ellipse((left, top, right, bottom), fill=dark)
    elif theme == "stripes":
        for y in range(int(rng.integers(0, 12)), height, int(rng.integers(20, 28))):
            pen.rectangle((0, y, width, y + 9), fill=dark)
    elif theme == "wedge":
        pen.polygon([(left, bottom), (right, bottom), ((left + right) / 2, top)], fill=dark)
    else:
        for x in range(int(rng.integers(0, 12)), width, int(rng.integers(20, 28))):
            pen.rectangle((x, 0, x + 9, height), fill=dark)
    return image


def nearest(features: np.ndarray) -> np.ndarray:
    distances = ((features[:, None] - features[None]) ** 2).sum(axis=2)
    np.fill_diagonal(distances, np.inf)
    return distances.argmin(axis=1)


def test_nearest_images_share_a_theme():
    themes = ["disc", "stripes", "wedge", "bars"] * 12
    images = [draw(theme, seed) for seed, theme in enumerate(themes)]
    features = combine_descriptors(np.stack([describe_image(image) for image in images]), seed=0)
    assert features.dtype == np.float32
    agree = [themes[i] == themes[j] for i, j in enumerate(nearest(features))]
    assert np.mean(agree) >= 0.9


def test_colour_tells_apart_what_edges_cannot():
    colours = [(200, 30, 30), (30, 60, 200)] * 8
    images = []
    for seed, colour in enumerate(colours):
        image = Image.new("RGB", (120, 120), "white")
        offset = seed % 3
        ImageDraw.Draw(image).rectangle((30 + offset, 30, 90 + offset, 90), fill=colour)
        images.append(image)
    features = combine_descriptors(np.stack([describe_image(image) for image in images]), seed=0)
    assert all(colours[i] == colours[j] for i, j in enumerate(nearest(features)))


def test_a_mirrored_image_is_described_alike():
    image = draw("wedge", 3)
    ImageDraw.Draw(image).rectangle((5, 5, 60, 90), fill=(250, 10, 90))
    # to a whole multiple of the working size, or squashing itself is not symmetric
    image = image.resize((256, 256))
    same = describe_image(ImageOps.mirror(image))
    assert np.allclose(describe_image(image), same, atol=1e-5)
    assert not np.allclose(describe_image(image), describe_image(ImageOps.flip(image)), atol=1e-2)


@pytest.mark.parametrize("mode", ["L", "1", "RGBA", "P", "CMYK"])
def test_any_mode_is_described_as_its_rgb(mode):
    image = draw("disc", 1).convert(mode)
    assert np.array_equal(describe_image(image), describe_image(image.convert("RGB")))


@settings(max_examples=30, deadline=None)
@given(
    st.tuples(st.integers(1, 90), st.integers(1, 90)),
    st.integers(0, 255),
    st.sampled_from(["L", "RGB"]),
)
def test_constant_images_have_no_edges_but_a_colour(size, shade, mode):
    described = describe_image(Image.new(mode, size, shade if mode == "L" else (shade, 0, 255 - shade)))
    assert described.shape == (504,)
    assert described.dtype == np.float32
    assert not described[:288].any()
    assert np.count_nonzero(described[288:]) == 2  # one colour in either half
    assert np.isfinite(described).all()


@pytest.mark.parametrize("count", [2, 5, 40])
def test_sets_of_any_size_have_finite_features(count):
    described = np.stack([describe_image(draw("disc", seed)) for seed in range(count)])
    features = combine_descriptors(described, seed=0)
    assert len(features) == count
    assert np.isfinite(features).all()
    # unit edges and 0.3 of unit colours
    assert np.allclose(np.linalg.norm(features, axis=1), np.hypot(1, 0.3), atol=1e-4)


def test_a_set_of_one_image_repeated_has_features_of_nothing():
    described = np.repeat(describe_image(draw("disc", 0))[None], 6, axis=0)
    features = combine_descriptors(described, seed=0)
    assert features.shape == (6, 10)
    assert not features.any()


def test_features_are_the_same_bytes_every_time():
    described = np.stack([describe_image(draw(theme, seed)) for seed, theme in enumerate(["disc", "bars"] * 30)])
    again = np.stack([describe_image(draw(theme, seed)) for seed, theme in enumerate(["disc", "bars"] * 30)])
    assert described.tobytes() == again.tobytes()
    assert combine_descriptors(described, 0).tobytes() == combine_descriptors(again, 0).tobytes()
