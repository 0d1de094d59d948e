"""The engines that run a network. What is set here for all of them: threads, and that no thread burns the CPU idle.

An engine is a class with `run`; where a model may run on it is decided in `build.py`. Sources: ONNX Runtime's thread
management page, LiteRT's Python API.

Accelerators are not supported, because none was run. Whoever has one adds a class here with `run`, a file that it runs
as a recipe in `build.py`, and lets it compete in `build.fastest`; templates of a network whose numbers differ by more
than rounding need a digest of their own (`manifest.toml`). What is known of each without having run it:

TensorRT    ONNX Runtime with the providers TensorrtExecutionProvider, then CUDAExecutionProvider, of a build for the
            Jetson's own JetPack; the first run builds an engine for minutes: its cache belongs into the model's folder.
Hailo       HailoRT with a .hef file, compiled elsewhere from the ONNX file and calibrated with real chips; uint8 in and
            out, to be scaled back.
Coral       LiteRT with the Edge TPU delegate and a file quantised to int8 throughout, which
            `convert/resnet_tflite.py` does not make: its activations are float.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Tensor = NDArray[np.float32]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Input:
    """What a network says of its only input."""

    shape: tuple[int | None, ...]
    """None where any size will do."""
    type: str
    """As the engine calls it: `float`, `uint8`..."""


class Network(Protocol):
    input: Input

    def run(self, value: Tensor | Bytes) -> dict[str, Tensor]:
        """The outputs by name. They are valid until the next `run`. Not thread-safe."""


class OnnxNetwork:
    """ONNX Runtime on the CPU. `dims` fixes the input's symbolic dimensions."""

    def __init__(self, file: Path, *, threads: int = 1, dims: Mapping[str, int] | None = None) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        for name, size in (dims or {}).items():
            options.add_free_dimension_override_by_name(name, size)
        self._session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        first = self._session.get_inputs()[0]
        self._input = first.name
        shape = tuple(side if isinstance(side, int) else None for side in first.shape)
        self.input = Input(shape, first.type.removeprefix("tensor(").removesuffix(")"))
        self._outputs = [output.name for output in self._session.get_outputs()]

    def run(self, value: Tensor | Bytes) -> dict[str, Tensor]:
        return dict(zip(self._outputs, self._session.run(self._outputs, {self._input: value}), strict=True))


class LiteRtNetwork:
    """LiteRT with XNNPACK on the CPU."""

    def __init__(self, file: Path, *, threads: int = 1) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(str(file), num_threads=threads)
        self._interpreter.allocate_tensors()
        first = self._interpreter.get_input_details()[0]
        self._input = first["index"]
        kind = np.dtype(first["dtype"]).name
        self.input = Input(tuple(map(int, first["shape"])), "float" if kind == "float32" else kind)
        self._outputs = {output["name"]: output["index"] for output in self._interpreter.get_output_details()}

    def run(self, value: Tensor | Bytes) -> dict[str, Tensor]:
        self._interpreter.set_tensor(self._input, value)
        self._interpreter.invoke()
        return {name: self._interpreter.get_tensor(index) for name, index in self._outputs.items()}
