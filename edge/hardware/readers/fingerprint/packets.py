"""The packets of R30x, R503 and AS608 sensors. Pure.

    EF 01 | address 4 | kind 1 | length 2 | payload | checksum 2
    length = payload + 2; checksum = sum of kind, both length bytes and the payload, modulo 65536; big-endian

R503 Fingerprint Module User Manual 1.1, "Data package format".
"""

from dataclasses import dataclass
from enum import IntEnum

HEADER = b"\xef\x01"
ANY_ADDRESS = 0xFFFFFFFF
MAX_PAYLOAD = 256
_FRONT = 9
_CHECKSUM = 2


class Kind(IntEnum):
    COMMAND = 0x01
    DATA = 0x02
    ANSWER = 0x07
    LAST_DATA = 0x08


_KINDS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Packet:
    kind: Kind
    payload: bytes
    address: int = ANY_ADDRESS

    def encode(self) -> bytes:
        counted = bytes([self.kind]) + (len(self.payload) + _CHECKSUM).to_bytes(2, "big") + self.payload
        return HEADER + self.address.to_bytes(4, "big") + counted + checksum(counted).to_bytes(2, "big")


def checksum(counted: bytes) -> int:
    return sum(counted) & 0xFFFF


class PacketReader:
    """Feed it whatever arrives, in whatever pieces; whole packets come out. Noise between and within packets is
    skipped up to the next header, and counted in `skipped`.
    """

    def __init__(self) -> None:
        self.skipped = 0
        self._buffer = bytearray()

    def feed(self, received: bytes) -> list[Packet]:
        self._buffer += received
        packets: list[Packet] = []
        while (packet := self._next()) is not None:
            packets.append(packet)
        return packets

    def _next(self) -> Packet | None:
        while True:
            self._skip_to_header()
            if len(self._buffer) < _FRONT:
                return None
            kind, length = self._buffer[6], int.from_bytes(self._buffer[7:9], "big")
            if kind not in _KINDS or not _CHECKSUM <= length <= MAX_PAYLOAD + _CHECKSUM:
                self._skip(1)
                continue
            end = _FRONT + length
            if len(self._buffer) < end:
                return None
            counted, sent = bytes(self._buffer[6 : end - _CHECKSUM]), bytes(self._buffer[end - _CHECKSUM : end])
            if checksum(counted) != int.from_bytes(sent, "big"):
                # What looked like a packet may hide a true one: only its header is given up.
                self._skip(1)
                continue
            address = int.from_bytes(self._buffer[2:6], "big")
            del self._buffer[:end]
            return Packet(Kind(kind), counted[3:], address)

    def _skip_to_header(self) -> None:
        start = self._buffer.find(HEADER)
        if start < 0:
            # The last byte may be the first of a header.
            start = max(0, len(self._buffer) - (self._buffer[-1:] == HEADER[:1]))
        self._skip(start)

    def _skip(self, count: int) -> None:
        self.skipped += count
        del self._buffer[:count]
