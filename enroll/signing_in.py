"""What commands that talk to the school's service have in common: who asks, and with which models."""

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from enroll.importing.importer import Importer
    from enroll.service import SchoolService


def add_service_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--service", required=True, metavar="URL", help="where the school's service is")
    parser.add_argument("--school", required=True, metavar="SLUG", help="the school's short name")
    parser.add_argument("--login", required=True, help="of a member of staff who may enrol; the password is asked for")
    parser.add_argument(
        "--two-people",
        action="append",
        default=[],
        metavar="CODE=CODE",
        type=_pair,
        help="two pupils who look alike and are two; may be repeated",
    )


def add_calibration_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--calibration",
        type=Path,
        metavar="DIR",
        help="where `diemdanh-edge calibrate` wrote what it chose for this school; without it the manifest's thresholds"
        " say who looks alike",
    )


def sign_in(args: argparse.Namespace) -> "SchoolService":
    """With the password that is typed, or that stands in the first line of the input."""
    from enroll.service import SchoolService

    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    service = SchoolService(args.service)
    service.sign_in(args.login, password)
    return service


def importer_for(args: argparse.Namespace, service: "SchoolService") -> "Importer":
    """With this machine's models and calibration, for the pupils of the school whom the member of staff may enrol."""
    from edge.recogniser.calibration_file import read_calibration
    from edge.recogniser.presets import rules_for
    from edge.vision.distance import as_euclidean
    from edge.vision.load import load_pipeline
    from edge.vision.model_store import ModelStore
    from enroll.importing.importer import Distances, Importer

    models = ModelStore.of_this_machine()
    pipeline, embedder = load_pipeline(models), models.needed("embedder")
    calibration = read_calibration(args.calibration) if args.calibration else None
    identify = rules_for(models, calibration=calibration).threshold
    pair = embedder.thresholds.get("pair", identify)
    pupils = {one.code: one for one in service.pupils(args.school)}
    return Importer(
        pipeline,
        service,
        pupils,
        Distances(as_euclidean(identify, embedder.measure), as_euclidean(pair, embedder.measure)),
        args.two_people,
    )


def _pair(text: str) -> frozenset[str]:
    pair = frozenset(part.strip() for part in text.split("=") if part.strip())
    if len(pair) != 2:
        raise argparse.ArgumentTypeError(f"{text!r}: write CODE=CODE")
    return pair
