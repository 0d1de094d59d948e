"""Networks whose PReLU takes more of ONNX Runtime's time than their convolutions, with the same in operators that it
runs fast: PReLU(x) = max(x, 0) + slope * (x - max(x, 0))."""

import onnx
from onnx import NodeProto, helper
from onnx.onnx_pb import ModelProto

from edge.errors import Rejected


def without_prelu(data: bytes) -> bytes:
    """The same model in plainer operators. Raises Rejected."""
    try:
        model: ModelProto = onnx.load_model_from_string(data)
        nodes = [plain for node in model.graph.node for plain in _plainer(node)]
        del model.graph.node[:]
        model.graph.node.extend(nodes)
        onnx.checker.check_model(model)
    except Exception as error:
        raise Rejected(f"not an ONNX file that can be used: {error}") from error
    return bytes(model.SerializeToString())


def _plainer(node: NodeProto) -> list[NodeProto]:
    if node.op_type != "PRelu":
        return [node]
    value, slope = node.input
    (result,) = node.output
    above, below, scaled = (f"{result}/{part}" for part in ("above", "below", "scaled"))
    return [
        helper.make_node("Relu", [value], [above]),
        helper.make_node("Sub", [value, above], [below]),
        helper.make_node("Mul", [below, slope], [scaled]),
        helper.make_node("Add", [above, scaled], [result]),
    ]
