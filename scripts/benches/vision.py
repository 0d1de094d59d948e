"""Ours and the `face_recognition` package's way, in turn on the same frames, one core.

Times are processor time on one pinned core, so that what else the machine does blurs little.
Theirs is dlib called exactly as that package calls it: HOG detector (enlarging the picture once, its default, and
not at all), five points, descriptor, for every face of every frame. The last line is JSON:

embed_ratio          from known landmarks to a template: their descriptor by our chip and network
face_ratio           from a box to a template: their points and descriptor by our points, chip and network
pipeline_ratio       their time for all frames by ours, every frame of ours searched whole
pipeline_overhead    our time for all frames by the time inside our networks and the landmark predictor; liveness is
                     among them where its models are here
spared_ms            ours again as a camera's frames are treated: still pictures are not searched again
match_200000_ms      one search among 200,000 templates; `equal` is the share that brute force agrees with
peak_memory_mb       of a real recogniser process with 2,000 people of three templates
tar_at_far_1e-3      accuracy of both on the LFW photos, if they are here
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import dlib
import numpy as np

from edge.frame import Frame
from edge.recogniser.loop import recognise
from edge.recogniser.presets import rules_for, switch_on_liveness
from edge.vision.align import Aligner, upright
from edge.vision.liveness import MiniFasNet
from edge.vision.load import load_pipeline, spared_attention
from edge.vision.match import Gallery
from edge.vision.model_store import ModelStore
from edge.vision.pipeline import Pipeline
from edge.vision.runtime import Tensor
from edge.vision.types import Face, Image
from scripts.bench_parts.clips import FRAME_PX, FRAMES_PER_S, media, reference_clips
from scripts.bench_parts.clips import frames as frames_of
from scripts.bench_parts.matching import searched
from scripts.bench_parts.memory import peak_memory_mb


class FaceRecognition:
    """What `face_locations` and `face_encodings` of the package do, on (h, w, 3) RGB."""

    def __init__(self, store: ModelStore) -> None:
        self._detector = dlib.get_frontal_face_detector()
        points, network = store.published("dlib-5-points", "dlib-resnet")
        self._predictor = dlib.shape_predictor(str(points))
        self._encoder = dlib.face_recognition_model_v1(str(network))

    def locations(self, rgb: Image, upsample: int) -> list[Any]:
        return list(self._detector(rgb, upsample))

    def points(self, rgb: Image, location: Any) -> Any:
        return self._predictor(rgb, location)

    def descriptor(self, rgb: Image, points: Any) -> Image:
        return np.array(self._encoder.compute_face_descriptor(rgb, points, 1))

    def encoding(self, rgb: Image, location: Any) -> Image:
        return self.descriptor(rgb, self.points(rgb, location))


@dataclass
class OwnTime:
    """Seconds spent inside the models of a pipeline, once their calls are wrapped."""

    seconds: float = 0.0

    def wrap(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any) -> Any:
            begun = time.process_time()
            result = call(*args)
            self.seconds += time.process_time() - begun
            return result

        return timed

    def watch(self, pipeline: Pipeline) -> None:
        detector, aligner, embedder = pipeline.detector, pipeline.aligner, pipeline.embedder
        for owner, name in ((detector.network, "run"), (aligner.predictor, "points"), (embedder.network, "run")):
            setattr(owner, name, self.wrap(getattr(owner, name)))
        for one in pipeline.liveness.networks if isinstance(pipeline.liveness, MiniFasNet) else ():
            setattr(one.network, "run", self.wrap(one.network.run))  # noqa: B010 - a protocol's method


def main() -> int:
    parser = argparse.ArgumentParser("scripts/bench vision", description=__doc__.splitlines()[0])
    parser.add_argument("--clip", action="append", type=Path, help="a video; default: those of DIEMDANH_MEDIA_PATH")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="the CPU to stay on")
    args = parser.parse_args()
    clips = reference_clips(args.clip)
    frames = [image for clip in clips for image in frames_of(clip)]
    if not frames:
        sys.exit("no frames: give --clip FILE, or the folder with clips/ in DIEMDANH_MEDIA_PATH")
    os.sched_setaffinity(0, {args.core})
    store = ModelStore.of_this_machine()
    store.pull()
    pipeline, theirs = load_pipeline(store), FaceRecognition(store)
    print(f"{len(frames)} frames of {FRAME_PX[0]}x{FRAME_PX[1]}, core {args.core}, {args.rounds} rounds")
    result = _one_face(pipeline, theirs, frames, args.rounds) | _all_frames(store, theirs, frames, args.rounds)
    real = None
    if photos := sorted(media().glob("faces/lfw10/*/*.jpg")):
        accuracy, real = _accuracy(pipeline, theirs, photos)
        result |= accuracy
    result |= searched(real)
    result["peak_memory_mb"] = peak_memory_mb(clips[0], pipeline.model)
    print(json.dumps(result))
    return 0


def _one_face(pipeline: Pipeline, theirs: FaceRecognition, frames: list[Image], rounds: int) -> dict[str, float]:
    """Time for one face, both on the same squares of the same frames; in every round one after the other."""
    aligner = pipeline.aligner
    assert isinstance(aligner, Aligner), "the reference is the embedder that this project ships"
    shots = [(frame, np.ascontiguousarray(frame[:, :, ::-1]), pipeline.detector.detect(frame)) for frame in frames[::8]]
    times: dict[str, list[float]] = {name: [] for name in ("points", "template", "their points", "their descriptor")}
    # One kind of work after the other, as it is published for both: each finds its own numbers in the caches.
    for _ in range(rounds):
        known = [_timed(aligner.landmarks, frame, face) for frame, _, faces in shots for face in faces]
        times["points"] += [ms for ms, _ in known]
        times["template"] += [_ms(_template, pipeline, image, points) for _, (image, points) in known]
        theirs_known = [
            (rgb, *_timed(theirs.points, rgb, _rectangle(face))) for _, rgb, faces in shots for face in faces
        ]
        times["their points"] += [ms for _, ms, _ in theirs_known]
        times["their descriptor"] += [_ms(theirs.descriptor, rgb, points) for rgb, _, points in theirs_known]
    found = {name: statistics.median(values) for name, values in times.items()}
    embed_ratio = found["their descriptor"] / found["template"]
    whole, theirs_whole = found["points"] + found["template"], found["their points"] + found["their descriptor"]
    print(
        f"from landmarks to template: ours {found['template']:6.2f} ms   face_recognition "
        f"{found['their descriptor']:6.2f} ms   {embed_ratio:5.1f} times   ({len(times['points'])} faces, medians)"
    )
    print(f"from box to template:       ours {whole:6.2f} ms   face_recognition {theirs_whole:6.2f} ms   "
          f"{theirs_whole / whole:5.1f} times")  # fmt: skip
    return {
        "embed_ms": round(found["template"], 3),
        "embed_ratio": round(embed_ratio, 1),
        "face_ms": round(whole, 3),
        "face_ratio": round(theirs_whole / whole, 1),
    }


def _template(pipeline: Pipeline, image: Image, points: Tensor) -> None:
    pipeline.embedder.embed(upright(image, points))


def _all_frames(store: ModelStore, theirs: FaceRecognition, images: list[Image], rounds: int) -> dict[str, float]:
    """Time for all frames; in every round one after the other, medians over the rounds."""
    ours_s, own_s, theirs_s = [], [], []
    pipeline = load_pipeline(store)
    liveness = switch_on_liveness(store, pipeline, "warn")
    own = OwnTime()
    pipeline.detector.detect(images[0])
    own.watch(pipeline)
    rules = rules_for(store, liveness=liveness)
    gallery = Gallery.empty(pipeline.model)
    frames = [Frame(image, index, index / FRAMES_PER_S, 0.0) for index, image in enumerate(images)]
    for _ in range(rounds):
        own.seconds = 0.0
        ours_s.append(_ms(lambda: list(recognise(frames, pipeline, lambda: gallery, rules))) / 1000)
        own_s.append(own.seconds)
        theirs_s.append(_ms(_dlib_frames, theirs, images, 1) / 1000)
    ours, dlibs = statistics.median(ours_s), statistics.median(theirs_s)
    plain = _ms(_dlib_frames, theirs, images, 0) / 1000
    overhead = statistics.median(whole / inside for whole, inside in zip(ours_s, own_s, strict=True))
    pipeline.attention = spared_attention(pipeline.detector, motion_gate=True, adaptive_width=True)
    spared = _ms(lambda: list(recognise(frames, pipeline, lambda: gallery, rules)))
    searches = pipeline.attention.searches
    count = len(images)
    embedded = pipeline.timings.calls["embed"] // (rounds + 1)
    print(f"one frame:  ours {1000 * ours / count:7.2f} ms   face_recognition {1000 * dlibs / count:7.2f} ms")
    print(f"            without enlarging the picture          {1000 * plain / count:7.2f} ms")
    judged = "with liveness" if liveness else "without liveness"
    print(
        f"            ours is {overhead:.3f} of its models' own time, {embedded} embeddings in {count} frames, {judged}"
    )
    print(f"            {spared / count:7.2f} ms where still pictures are not searched again: {searches} searches")
    return {
        "pipeline_ms": round(1000 * ours / count, 3),
        "pipeline_ratio": round(dlibs / ours, 1),
        "pipeline_ratio_without_enlarging": round(plain / ours, 1),
        "pipeline_overhead": round(overhead, 3),
        "spared_ms": round(spared / count, 3),
        "spared_searches": round(searches / count, 3),
    }


def _dlib_frames(theirs: FaceRecognition, images: list[Image], upsample: int) -> None:
    for image in images:
        rgb = np.ascontiguousarray(image[:, :, ::-1])
        for location in theirs.locations(rgb, upsample):
            theirs.encoding(rgb, location)


def _accuracy(pipeline: Pipeline, theirs: FaceRecognition, photos: list[Path]) -> tuple[dict[str, Any], Image]:
    """TAR at FAR 1e-3 over all pairs of photos; a photo is PERSON/*.jpg. The face is the one nearest the middle."""
    ours, dlibs, people = [], [], []
    for photo in photos:
        image = np.asarray(cv2.imread(str(photo)), np.uint8)
        rgb = np.ascontiguousarray(image[:, :, ::-1])
        middle = np.array(image.shape[1::-1]) / 2
        faces = pipeline.detector.detect(image)
        locations = theirs.locations(rgb, 1)
        if not faces or not locations:
            continue
        face = min(faces, key=lambda face: float(np.linalg.norm(_centre(face) - middle)))
        centres = [np.array([(at.left() + at.right()) / 2, (at.top() + at.bottom()) / 2]) for at in locations]
        nearest = min(range(len(locations)), key=lambda index: float(np.linalg.norm(centres[index] - middle)))
        ours.append(pipeline.template(image, face))
        dlibs.append(theirs.encoding(rgb, locations[nearest]))
        people.append(photo.parent.name)
    rates = {"ours": _tar(np.array(ours), people), "face_recognition": _tar(np.array(dlibs), people)}
    print(f"accuracy:   TAR at FAR 1e-3, {len(people)} photos that both found a face in: {rates}")
    return {"tar_at_far_1e-3": rates}, np.array(ours)


def _tar(templates: Image, people: list[str]) -> float:
    one, other = np.triu_indices(len(people), 1)
    distances = np.linalg.norm(templates[one] - templates[other], axis=1)
    genuine = np.array(people)[one] == np.array(people)[other]
    impostors = np.sort(distances[~genuine])
    return round(float((distances[genuine] < impostors[int(1e-3 * len(impostors))]).mean()), 4)


def _rectangle(face: Face) -> Any:
    """A square as dlib's detector gives it, where our aligner looks too."""
    side = 1.05 * (face.box.area**0.5)
    left, top = _centre(face) - side / 2 + np.array([0, 0.035 * face.box.height])
    return dlib.rectangle(*(round(edge) for edge in (left, top, left + side - 1, top + side - 1)))


def _centre(face: Face) -> Image:
    return np.array([face.box.x + face.box.width / 2, face.box.y + face.box.height / 2])


def _ms(call: Callable[..., Any], *args: Any) -> float:
    return _timed(call, *args)[0]


def _timed(call: Callable[..., Any], *args: Any) -> tuple[float, Any]:
    begun = time.process_time()
    result = call(*args)
    return 1000 * (time.process_time() - begun), result


if __name__ == "__main__":
    sys.exit(main())
