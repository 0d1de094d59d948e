"""YuNet as published is fixed to 640x640, takes floats and gives twelve tensors: the same network for any size, fed
with bytes, giving three."""

import onnx
from onnx import TensorProto, helper
from onnx.onnx_pb import GraphProto, ModelProto

from edge.errors import Rejected

STRIDES = (8, 16, 32)


def any_size(data: bytes) -> bytes:
    """The model with an input of (1, 3, height, width) uint8, both multiples of 32, to be fixed by the session.

    Its outputs are, for all cells of all strides one after the other: `certainty` (1, n, 1), the product of class and
    object scores; `boxes` (1, n, 4); `points` (1, n, 10). Sizes that were written down for 640x640 are dropped.
    Raises Rejected.
    """
    try:
        model: ModelProto = onnx.load_model_from_string(data)
    except Exception as error:
        raise Rejected(f"not an ONNX file: {error}") from error
    graph = model.graph
    names = {f"{kind}_{stride}" for kind in ("cls", "obj", "bbox", "kps") for stride in STRIDES}
    if [value.name for value in graph.input] != ["input"] or {value.name for value in graph.output} != names:
        raise Rejected("not YuNet: its input or outputs are named otherwise")
    _take_bytes(graph)
    _join_outputs(graph)
    del graph.value_info[:]
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _take_bytes(graph: GraphProto) -> None:
    """A camera gives bytes; the engine turns them into floats faster than we could."""
    for node in graph.node:
        node.input[:] = ["floats" if name == "input" else name for name in node.input]
    graph.node.insert(0, helper.make_node("Cast", ["input"], ["floats"], to=TensorProto.FLOAT))
    del graph.input[:]
    graph.input.append(helper.make_tensor_value_info("input", TensorProto.UINT8, [1, 3, "height", "width"]))


def _join_outputs(graph: GraphProto) -> None:
    """A dozen small arrays cost more to look at than the network's last layers cost to compute."""
    del graph.output[:]
    for stride in STRIDES:
        graph.node.append(helper.make_node("Mul", [f"cls_{stride}", f"obj_{stride}"], [f"certainty_{stride}"]))
    for joined, part, width in (("certainty", "certainty", 1), ("boxes", "bbox", 4), ("points", "kps", 10)):
        parts = [f"{part}_{stride}" for stride in STRIDES]
        graph.node.append(helper.make_node("Concat", parts, [joined], axis=1))
        graph.output.append(helper.make_tensor_value_info(joined, TensorProto.FLOAT, [1, "cells", width]))
