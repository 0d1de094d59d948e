"""The briefing's way down: as the roster's, checked, applied, acknowledged. A notice by MQTT only says when to look."""

import logging
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from edge.clock import Clock
from edge.contract import BriefingAck
from edge.contract.briefing import read_briefing, sealed_for
from edge.errors import Rejected
from edge.store.briefing import Briefing
from edge.store.delivered import DeliveredRoster
from edge.store.delivered_keys import DeliveredKeys
from edge.uplink.receive import Delivery, fits

log = logging.getLogger(__name__)

NONCE_BYTES = 12


class BriefingSource(Protocol):
    """What is asked of the cloud. Every method may raise Unavailable."""

    def fetch_briefing(self, *, have: int, holds: str, key_id: str | None) -> Delivery | None: ...

    def briefing_key(self, key_id: str) -> bytes: ...

    def acknowledge_briefing(self, ack: BriefingAck) -> bool: ...


class BriefingDownlink:
    """One thread's. `bring_up_to_date` may be called as often as you like."""

    def __init__(
        self,
        cloud: BriefingSource,
        briefing: Briefing,
        roster: DeliveredRoster,
        keys: DeliveredKeys,
        device: str,
        clock: Clock,
    ) -> None:
        self._cloud = cloud
        self._briefing = briefing
        self._roster = roster
        self._keys = keys
        self._device = device
        self._clock = clock
        self._begin_anew = briefing.has_more_to_read()

    def bring_up_to_date(self) -> bool:
        """Returns whether something was applied.

        Raises Unavailable, Rejected for a briefing that is older or does not come out right, and Unreadable for one
        that is not our cloud's. Whatever it raises, what is here stays as it was.
        """
        self._acknowledge()
        state = self._briefing.state()
        if state.key_id is not None:
            self._keys.keep_only(state.key_id)
        have = 0 if self._begin_anew else state.version
        delivery = self._cloud.fetch_briefing(have=have, holds=state.sha256, key_id=state.key_id)
        if delivery is None:
            if state.key_id is not None and self._keys.get(state.key_id) is None:
                self._keys.put(state.key_id, self._cloud.briefing_key(state.key_id))
            return False
        self._apply(delivery)
        self._begin_anew = False
        self._acknowledge()
        return True

    def _apply(self, delivery: Delivery) -> None:
        pinned = self._roster.state().signer
        signer = pinned or delivery.signer
        package = read_briefing(delivery.body, lambda signature, signed: fits(signer, signature, signed))
        if package.device != self._device:
            raise Rejected(f"a briefing for {package.device}, not for this unit: refused")
        self._briefing.check(package)
        if pinned is None:
            self._roster.pin(signer)
        key_id = str(package.key_id)
        key = self._keys.get(key_id)
        if key is None:
            key = self._cloud.briefing_key(key_id)
            self._keys.put(key_id, key)

        def opened(name: str, digest: str, sealed: bytes) -> bytes:
            bound_to = sealed_for(self._device, name, digest).encode()
            try:
                return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
            except (InvalidTag, ValueError) as error:
                raise Rejected(f"briefing {package.version}: {name} does not open: refused") from error

        try:
            ack = self._briefing.apply(package, opened, key, now=self._clock.now())
        except Rejected:
            self._begin_anew = True
            raise
        self._keys.keep_only(key_id)
        log.info("briefing applied version=%d people=%d erased=%d refused=%d", ack.version, ack.people,
                 len(ack.erased), len(ack.refused))  # fmt: skip
        for problem in ack.refused:
            log.error("part of the briefing not taken: %s", problem)

    def _acknowledge(self) -> None:
        if ack := self._briefing.unsent():
            self._begin_anew = not self._cloud.acknowledge_briefing(ack)
            self._briefing.sent()
