"""Between what the values of dlib's network lie, for `resnet_int8.py`.

Measured over fifty aligned faces: of each person of LFW-10 the photos of odd number, so that those of even number can
be measured with. `measured` made these figures; tests/edge/vision/convert/test_resnet_int8.py makes them again.
"""

from collections.abc import Iterable

import numpy as np
import onnx

from edge.vision.convert.dlib_resnet import ResNet
from edge.vision.convert.resnet_onnx import Graph
from edge.vision.types import Chip

RANGES = (
    (0, 7.959),
    (0, 8.15),
    (-7.589, 6.811),
    (0, 10.322),
    (0, 6.69),
    (-9.735, 9.839),
    (0, 15.293),
    (0, 7.681),
    (-9.364, 13.113),
    (0, 21.485),
    (0, 8.996),
    (-5.434, 7.503),
    (0, 13.408),
    (0, 5.967),
    (-5.267, 7.056),
    (0, 11.653),
    (0, 5.565),
    (-5.875, 7.512),
    (0, 16.387),
    (0, 6.109),
    (-5.632, 7.059),
    (0, 16.136),
    (0, 5.861),
    (-3.912, 6.234),
    (0, 8.802),
    (0, 4.099),
    (-4.525, 4.755),
    (0, 8.274),
    (0, 5.106),
    (-5.701, 5.525),
    (0, 8.509),
    (0, 5.617),
    (-5.684, 8.231),
    (0, 8.231),
    (0, 5.146),
    (-6.335, 3.966),
    (0, 6.896),
    (0, 3.316),
    (-3.058, 2.653),
    (0, 7.261),
    (0, 5.356),
    (-3.144, 2.034),
    (0, 5.217),
)
"""Least and greatest of each of `Graph.results`."""


def measured(network: ResNet, chips: Iterable[Chip]) -> tuple[tuple[float, float], ...]:
    """The same, of these chips."""
    import onnxruntime

    graph = Graph()
    model = onnx.load_model_from_string(graph.assembled(network))
    for name in graph.results:
        model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    seen = []
    for chip in chips:
        planes = chip[None, :, :, ::-1].transpose(0, 3, 1, 2).astype(np.float32)
        seen.append([(value.min(), value.max()) for value in session.run(graph.results, {"chip": planes})])
    found = np.array(seen)
    return tuple(
        (round(float(least), 3), round(float(greatest), 3))
        for least, greatest in zip(found[:, :, 0].min(axis=0), found[:, :, 1].max(axis=0), strict=True)
    )
