"""What YuNet's conversion refuses; that it is still the same network, test_detect.py shows."""

import onnx
import pytest
from onnx import TensorProto, helper

from edge.errors import Rejected
from edge.vision.convert.yunet import any_size


def test_what_is_no_onnx_file_is_rejected():
    with pytest.raises(Rejected, match="not an ONNX file"):
        any_size(b"hello, this is text")


def test_another_network_is_rejected():
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("input", "output")]
    graph = helper.make_graph([helper.make_node("Relu", ["input"], ["output"])], "other", value[:1], value[1:])
    with pytest.raises(Rejected, match="not YuNet"):
        any_size(helper.make_model(graph).SerializeToString())


@pytest.mark.parametrize("detector", ["yunet"], indirect=True)
def test_half_a_file_is_rejected(store, detector):
    with pytest.raises(Rejected):
        any_size(store.published("yunet")[0].read_bytes()[:100_000])


@pytest.mark.parametrize("detector", ["yunet"], indirect=True)
def test_the_size_is_left_open(store, detector):
    model = onnx.load_model_from_string(any_size(store.published("yunet")[0].read_bytes()))
    dims = [dim.dim_param or dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim]
    assert dims == [1, 3, "height", "width"]
