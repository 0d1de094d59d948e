"""The same numbers without PReLU, on a network made here and on those that judge liveness."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edge.errors import EdgeError, Rejected
from edge.vision.convert.prelu import without_prelu
from edge.vision.runtime import OnnxNetwork


def outputs(tmp_path, model: bytes, value: np.ndarray) -> np.ndarray:
    file = tmp_path / "network.onnx"
    file.write_bytes(model)
    (found,) = OnnxNetwork(file).run(value).values()
    return found.copy()


def test_every_channel_keeps_its_own_slope(tmp_path):
    slopes = np.array([0.25, -1.0, 0.0], np.float32).reshape(3, 1, 1)
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3, 4, 5]) for name in ("x", "y")]
    graph = helper.make_graph(
        [helper.make_node("PRelu", ["x", "slope"], ["y"])], "one", ends[:1], ends[1:],
        [numpy_helper.from_array(slopes, "slope")],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    plain = without_prelu(model.SerializeToString())
    assert "PRelu" not in {node.op_type for node in onnx.load_model_from_string(plain).graph.node}
    value = np.random.default_rng(0).normal(size=(1, 3, 4, 5)).astype(np.float32)
    assert outputs(tmp_path, plain, value) == pytest.approx(np.where(value > 0, value, value * slopes))


@pytest.mark.parametrize("name", ["minifasnet-v2", "minifasnet-v1se"])
def test_the_networks_for_liveness_say_the_same(store, tmp_path, name):
    try:
        (file,) = store.published(name)
    except EdgeError as error:
        pytest.skip(f"the model {name} cannot be had here: {error}")
    published = file.read_bytes()
    value = np.random.default_rng(0).integers(0, 256, (1, 3, 80, 80)).astype(np.float32)
    assert outputs(tmp_path, without_prelu(published), value) == pytest.approx(
        outputs(tmp_path, published, value), abs=1e-4
    )


@pytest.mark.parametrize("data", [b"hello, this is text", b""])
def test_what_is_no_network_is_rejected(data):
    with pytest.raises(Rejected, match="not an ONNX file"):
        without_prelu(data)
