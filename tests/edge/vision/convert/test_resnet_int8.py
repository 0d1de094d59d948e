"""The network in integers beside the one in fp32, on real faces."""

import numpy as np
import pytest

from edge.vision.convert.dlib_resnet import read_resnet
from edge.vision.convert.resnet_int8 import to_int8
from edge.vision.convert.resnet_onnx import to_onnx
from edge.vision.convert.resnet_ranges import RANGES, measured
from edge.vision.embed import Int8OnnxEmbedder, OnnxEmbedder
from edge.vision.load import load_pipeline


@pytest.fixture(scope="module")
def network(published):
    return read_resnet(published.network.read_bytes())


@pytest.fixture(scope="module")
def embedders(network, tmp_path_factory) -> tuple[OnnxEmbedder, Int8OnnxEmbedder]:
    folder = tmp_path_factory.mktemp("int8")
    (folder / "fp32.onnx").write_bytes(to_onnx(network))
    (folder / "int8.onnx").write_bytes(to_int8(network))
    return OnnxEmbedder(folder / "fp32.onnx", "any"), Int8OnnxEmbedder(folder / "int8.onnx", "any")


@pytest.fixture(scope="module")
def chips(lfw, store):
    """Of each person the photos of odd number, then those of even number."""
    pipeline = load_pipeline(store, detector="yunet")
    faces = [pipeline.aligner.chip(one.image, one.middle_face(pipeline.detect(one.image))) for one in lfw]
    return faces[0::2], faces[1::2]


@pytest.mark.media
def test_the_ranges_are_what_the_photos_of_odd_number_give(network, chips):
    found = np.array(measured(network, chips[0]))
    np.testing.assert_allclose(found, np.array(RANGES), rtol=0.02, atol=0.05)


@pytest.mark.media
def test_integers_stay_close_to_fp32_on_photos_that_chose_nothing(embedders, chips):
    exact, rounded = embedders
    # Two photos of one person are 0.4 apart.
    assert max(np.linalg.norm(exact.embed(chip) - rounded.embed(chip)) for chip in chips[1]) <= 0.08


def test_colours_and_axes_of_the_input_are_those_of_fp32(embedders):
    """A stem that mixed them up would pass a test on gray squares."""
    exact, rounded = embedders
    patches = np.random.default_rng(1).integers(0, 255, (9, 9, 3), np.uint8)
    chip = np.ascontiguousarray(np.kron(patches, np.ones((17, 17, 1), np.uint8))[:150, :150])
    off = np.linalg.norm(exact.embed(chip) - rounded.embed(chip))
    for other in (chip[:, :, ::-1], chip.transpose(1, 0, 2)):
        assert np.linalg.norm(exact.embed(chip) - rounded.embed(np.ascontiguousarray(other))) > 2 * off


def test_another_network_has_other_ranges(network):
    with pytest.raises(IndexError):
        to_int8(network, RANGES[:-1])
