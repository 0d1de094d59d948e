"""The converted embedder against dlib itself, on real faces."""

import cv2
import dlib
import numpy as np
import pytest
from numpy.typing import NDArray

from edge.errors import Rejected
from edge.vision.build import ONNX_FILE, TFLITE_FILE
from edge.vision.convert.dlib_resnet import ResNet, read_resnet
from edge.vision.convert.resnet_onnx import to_onnx
from edge.vision.convert.resnet_tflite import to_tflite
from edge.vision.runtime import LiteRtNetwork, OnnxNetwork


@pytest.fixture(scope="module")
def network(published) -> ResNet:
    return read_resnet(published.network.read_bytes())


@pytest.fixture(scope="module")
def onnx_network(network, tmp_path_factory) -> OnnxNetwork:
    file = tmp_path_factory.mktemp("onnx") / ONNX_FILE
    file.write_bytes(to_onnx(network))
    return OnnxNetwork(file)


@pytest.fixture(scope="module")
def tflite_network(network, tmp_path_factory) -> LiteRtNetwork:
    file = tmp_path_factory.mktemp("tflite") / TFLITE_FILE
    file.write_bytes(to_tflite(network))
    return LiteRtNetwork(file)


@pytest.fixture(scope="module")
def chips(lfw, published) -> list[NDArray[np.uint8]]:
    """(150, 150, 3) RGB, cut out by dlib itself."""
    find, points = dlib.get_frontal_face_detector(), dlib.shape_predictor(str(published.points))
    chips = []
    for portrait in lfw[::4]:
        rgb = np.ascontiguousarray(portrait.image[:, :, ::-1])
        chips += [dlib.get_face_chip(rgb, points(rgb, at), 150, 0.25) for at in find(rgb, 1)[:1]]
    assert len(chips) >= 20
    return chips


def through_onnx(network: OnnxNetwork, chip: NDArray[np.uint8]) -> NDArray[np.float32]:
    return network.run(chip.transpose(2, 0, 1)[None].astype(np.float32))["template"][0]


@pytest.mark.media
def test_onnx_gives_what_dlib_gives(onnx_network, published, chips):
    encoder = dlib.face_recognition_model_v1(str(published.network))
    distances = [
        np.linalg.norm(through_onnx(onnx_network, chip) - np.array(encoder.compute_face_descriptor(chip)))
        for chip in chips
    ]
    assert max(distances) <= 1e-4


@pytest.mark.media
def test_int8_stays_close_to_fp32(onnx_network, tflite_network, chips):
    for chip in chips:
        rounded = tflite_network.run(chip[None].astype(np.float32))["template"][0]
        # Two photos of one person are 0.4 apart.
        assert np.linalg.norm(rounded - through_onnx(onnx_network, chip)) <= 0.04


def test_colours_and_axes_of_the_input_matter(onnx_network):
    """A conversion that lost them would pass a test on gray squares."""
    chip = cv2.resize(np.random.default_rng(1).integers(0, 255, (9, 9, 3), np.uint8), (150, 150))
    right = through_onnx(onnx_network, chip)
    assert np.linalg.norm(right - through_onnx(onnx_network, np.ascontiguousarray(chip[:, :, ::-1]))) > 0.05
    assert np.linalg.norm(right - through_onnx(onnx_network, np.ascontiguousarray(chip.transpose(1, 0, 2)))) > 0.05


@pytest.mark.parametrize("size", [0, 100, 10_000, 22_000_000])
def test_half_a_file_is_rejected(published, size):
    with pytest.raises(Rejected):
        read_resnet(published.network.read_bytes()[:size])


def test_a_file_with_more_behind_it_is_rejected(published):
    with pytest.raises(Rejected, match="left over"):
        read_resnet(published.network.read_bytes() + b"x")


def test_another_layer_is_rejected(published):
    with pytest.raises(Rejected, match="layer"):
        read_resnet(published.network.read_bytes().replace(b"max_pool_2", b"min_pool_2"))
