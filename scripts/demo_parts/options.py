"""What `scripts/demo` may be asked for."""

import argparse
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Options:
    source: str | None
    """None: the composed gate clip."""
    gallery: Path | None
    check: bool
    picture: Path | None
    """Take a picture of the dashboard into this file, and stop."""
    port: int
    """0: any free one."""
    folder: Path
    """Where the demo keeps everything; emptied at the start."""


def read(argv: list[str] | None = None) -> Options:
    parser = argparse.ArgumentParser(
        "scripts/demo",
        description="A whole school on this machine: broker, cloud, worker and one unit at the gate.",
    )
    parser.add_argument(
        "--source", help="a file, a folder of images, a camera's number or address (default: a composed clip)"
    )
    parser.add_argument("--gallery", type=Path, help="with --source: whom to know, name.jpg or name/*.jpg")
    parser.add_argument("--check", action="store_true", help="run the chain once; the last line is JSON")
    parser.add_argument(
        "--picture", type=Path, metavar="FILE", help="a picture of the dashboard after a lively morning, then stop"
    )
    parser.add_argument("--port", type=int, default=8000, help="where the pages are (default 8000; 0: any free one)")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "var" / "demo", help="database, clip and logs (default var/demo)"
    )
    args = parser.parse_args(argv)
    if args.gallery and not args.source:
        parser.error("--gallery goes with --source: the composed clip brings its own people")
    if args.gallery and not args.gallery.is_dir():
        parser.error(f"--gallery {args.gallery}: no such folder")
    return Options(args.source, args.gallery, args.check, args.picture, args.port, args.folder.absolute())
