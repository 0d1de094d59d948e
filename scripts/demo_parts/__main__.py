"""`scripts/demo`: starts the school, shows it or checks it, and stops everything in order."""

import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from edge.errors import EdgeError
from edge.hardware.select import open_source
from scripts.demo_parts import check, options
from scripts.demo_parts.children import Failed
from scripts.demo_parts.morning import Morning
from scripts.demo_parts.stage import CLOUD, EDGE, Stage, prepare, say
from scripts.loopback.waiting import eventually

CALM_PER_S, LIVELY_PER_S = 0.7, 25.0
IN_THE_PICTURE = 560
"""Pupils who have come in when the picture is taken."""
PATIENCE_S = 60
"""A small board that starts five programs has much to do."""
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Asked many times a second, on loopback: reading the world's certificates each time would slow what is starting."""
CACHE = options.ROOT / "var" / "portraits"


def main() -> int:
    asked = options.read()
    # A plain kill ends the demo as Ctrl-C does, so that no process stays behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if asked.source is not None:
            open_source(asked.source)  # Not entered: only to say at once what there is not.
        say("the models, fetched and converted once")
        if subprocess.run([*EDGE, "models", "pull"], check=False).returncode:
            raise Failed("the models could not be fetched: see above")
        stage = prepare(asked, CACHE)
        with _running(stage):
            if asked.check:
                return _check(stage, composed=asked.source is None)
            return _show(stage, asked.picture)
    except KeyboardInterrupt:
        say("stopped")
        return 0
    except (Failed, EdgeError, OSError, AssertionError) as error:
        sys.stderr.write(f"scripts/demo: {error}\n")
        return 1


@contextmanager
def _running(stage: Stage) -> Iterator[None]:
    try:
        say("broker, service, worker and uplink")
        stage.broker.start()
        stage.phone.start()
        stage.children.start("cloud", [*CLOUD, "serve"])
        eventually(lambda: _answers(stage), within_s=PATIENCE_S, saying=f"the service does not answer at {stage.url}")
        stage.children.start("worker", [*CLOUD, "worker"])
        stage.children.start("uplink", [*EDGE, "uplink"])
        _install_app(stage)
        eventually(
            lambda: _hears_unit(stage), within_s=PATIENCE_S, saying="the unit's heartbeat does not reach the service"
        )
        yield
    finally:
        stage.children.stop()
        stage.phone.stop()
        stage.broker.stop()


def _answers(stage: Stage) -> bool:
    stage.children.raise_if_dead()
    try:
        return httpx.get(f"{stage.url}/login", verify=NO_TLS).is_success
    except httpx.TransportError:
        return False


def _hears_unit(stage: Stage) -> bool:
    stage.children.raise_if_dead()
    return check.heard_of_unit(stage.database)


def _install_app(stage: Stage) -> None:
    """The parent signs in and allows notifications, as a phone's browser would ask."""
    parent = next(login for login in stage.logins if login.child)
    subscription = stage.phone.subscribe()
    headers = {"Origin": stage.url}
    with httpx.Client(
        base_url=stage.url, headers=headers, follow_redirects=True, timeout=PATIENCE_S, verify=NO_TLS
    ) as browser:
        browser.post("/login", data={"login": parent.login, "password": parent.password}).raise_for_status()
        browser.post(
            "/push/subscriptions",
            json={
                "endpoint": subscription.endpoint,
                "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth},
            },
        ).raise_for_status()


def _show(stage: Stage, picture: Path | None) -> int:
    say(f"ready: {stage.url}")
    for login in stage.logins:
        whose = f"{login.who}, parent of {login.child}" if login.child else f"{login.who}, {login.role}"
        sys.stderr.write(f"   log-in {login.login:10} password {login.password:20} {whose}\n")
    sys.stderr.write(f"   logs in {stage.children.logs}; Ctrl-C stops everything\n")
    stage.children.start("unit", [*EDGE, "run", "--source", stage.source])
    rate_per_s = LIVELY_PER_S if picture else CALM_PER_S
    others = Morning(stage.url, stage.back_gate_token, stage.database, rate_per_s=rate_per_s, without=set(stage.names))
    while True:
        stage.children.raise_if_dead()
        others.go_on()
        for message in stage.phone.look():
            if any(name in message.text for name in stage.names.values()):
                say(f"on a parent's phone, by {message.by}: {message.text}")
        if picture and others.seq >= IN_THE_PICTURE and stage.phone.received:
            admin = next(login for login in stage.logins if not login.child)
            from scripts.demo_parts.picture import take

            take(stage.url, admin.login, admin.password, picture)
            say(f"the dashboard is in {picture}")
            return 0
        time.sleep(0.2)


def _check(stage: Stage, *, composed: bool) -> int:
    say("the unit watches the clip")
    # Every frame is looked at, however busy the machine: what comes through is then the same each time.
    unit = stage.children.start(
        "unit", [*EDGE, "run", "--source", stage.source, "--once", "--pace", "fast", "--json"], piped=True
    )
    assert unit.stdout is not None
    told = check.listen(unit.stdout)
    unit.wait()
    stage.children.raise_if_dead()
    committed = told.outcomes.total()
    wanted = 2 if composed else 0

    def arrived() -> bool:
        stage.phone.look()
        sent = len(check.delivery_ms(stage.database))
        return check.stored(stage.database) >= committed and sent >= wanted and len(stage.phone.received) >= sent

    try:
        eventually(arrived, within_s=PATIENCE_S)
    except AssertionError:
        say("not everything arrived within a minute")
    result = check.Result(
        frames=told.frames,
        recognised={stage.names[ref]: count for ref, count in told.recognised.items()},
        unknown=told.outcomes["unknown"],
        events_stored=check.stored(stage.database),
        messages_delivered=len(stage.phone.received),
        capture_to_commit_ms_p95=check.p95(told.commit_ms),
        capture_to_delivery_ms_p95=check.p95(check.delivery_ms(stage.database)),
    )
    problems = check.missing(result, committed=committed, composed=composed)
    for problem in problems:
        sys.stderr.write(f"missing: {problem}\n")
    sys.stdout.write(f"{check.as_json(result)}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
