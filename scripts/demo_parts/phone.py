"""A parent's phone and mailbox on this machine: what a real parent would see is printed to the terminal."""

import json
from dataclasses import dataclass

from cloud.demo.meals import KITCHEN
from scripts.loopback.push import PushService, Subscription
from scripts.loopback.smtp import Mail


@dataclass(frozen=True)
class Received:
    """A message as it reached the parent."""

    by: str
    text: str


class Phone:
    """`received` grows with every look."""

    def __init__(self) -> None:
        self._push = PushService()
        self._mail = Mail()
        self._seen_push = self._seen_mail = 0
        self.received: list[Received] = []

    @property
    def smtp_url(self) -> str:
        return self._mail.url

    def start(self) -> None:
        self._push.start()
        self._mail.start()

    def stop(self) -> None:
        self._mail.stop()
        self._push.stop()

    def subscribe(self) -> Subscription:
        return self._push.subscribe()

    def look(self) -> list[Received]:
        """What arrived since the last look."""
        pushed = self._push.deliveries[self._seen_push :]
        mailed = self._mail.messages[self._seen_mail :]
        self._seen_push += len(pushed)
        self._seen_mail += len(mailed)
        new = [Received("push", _notification(delivery.text)) for delivery in pushed]
        # The kitchen's sheet goes by the same mail server, to somebody else.
        new += [Received("e-mail", str(message["Subject"])) for message in mailed if message["To"] != KITCHEN]
        self.received += new
        return new


def _notification(text: str) -> str:
    shown = json.loads(text)
    return f"{shown['title']}: {shown['body']}"
