"""`diemdanh-enroll serve`: the kiosk's page, for this machine's browser or a tablet's."""

import argparse
import sys

from edge.contract.command_line import Commands, add_command
from enroll.settings import add_settings_argument, read_settings


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "serve",
        "serve the kiosk: a page with a camera where staff enrol pupils who have consent",
        examples="""
            diemdanh-enroll serve                      then open http://127.0.0.1:8070 on this machine
            diemdanh-enroll serve --config kiosk.toml  with TLS for a tablet: enroll/kiosk/README.md
        """,
        run=_run,
    )
    add_settings_argument(parser)


def _run(args: argparse.Namespace) -> int:
    import time
    from datetime import UTC, datetime

    import uvicorn

    from edge.recogniser.calibration_file import read_calibration
    from edge.recogniser.presets import rules_for
    from edge.vision.distance import as_euclidean
    from edge.vision.load import load_pipeline
    from edge.vision.model_store import ModelStore
    from enroll.kiosk.desk import Bench
    from enroll.kiosk.server import create_app
    from enroll.kiosk.waiting import Waiting

    settings = read_settings(args)
    models = ModelStore.of_this_machine()
    calibration = read_calibration(settings.calibration_dir) if settings.calibration_dir else None
    pipeline, embedder = load_pipeline(models), models.needed("embedder")
    identify = rules_for(models, calibration=calibration).threshold
    bench = Bench(
        pipeline=pipeline,
        threshold=as_euclidean(identify, embedder.measure),
        same_person=as_euclidean(embedder.thresholds.get("pair", identify), embedder.measure),
        waiting=Waiting(settings.data_dir),
        views=settings.views,
        undo_s=settings.undo_s,
        monotonic=time.monotonic,
        clock=lambda: datetime.now(UTC),
    )
    secure = settings.tls_certificate is not None
    host = f"[{settings.listen_host}]" if ":" in settings.listen_host else settings.listen_host
    sys.stderr.write(f"kiosk: {'https' if secure else 'http'}://{host}:{settings.listen_port}\n")
    uvicorn.run(
        create_app(bench, settings.cloud_url, secure=secure),
        host=settings.listen_host,
        port=settings.listen_port,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        log_level="warning",
        access_log=False,
    )
    return 0
