"""YuNet as published is fixed to 640x640: the same network for any size."""

import onnx
from onnx.onnx_pb import ModelProto

from edge.errors import Rejected


def any_size(data: bytes) -> bytes:
    """The model with an input of (1, 3, height, width), both multiples of 32, to be fixed by the session.

    Sizes that were written down for 640x640 (outputs, values in between) are dropped. Raises Rejected.
    """
    try:
        model: ModelProto = onnx.load_model_from_string(data)
    except Exception as error:
        raise Rejected(f"not an ONNX file: {error}") from error
    if [value.name for value in model.graph.input] != ["input"]:
        raise Rejected("not YuNet: it has one input, named `input`")
    dims = model.graph.input[0].type.tensor_type.shape.dim
    dims[2].dim_param, dims[3].dim_param = "height", "width"
    del model.graph.value_info[:]
    for output in model.graph.output:
        output.type.tensor_type.ClearField("shape")
    return bytes(model.SerializeToString(deterministic=True))
