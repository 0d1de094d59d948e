"""R503, R30x or AS608 on a serial line. Templates stay on the sensor; what it hands out is the number of a slot."""

import termios
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from edge.contract import Method
from edge.errors import Misconfigured, Rejected, Unavailable
from edge.hardware.readers.fingerprint.packets import ANY_ADDRESS, Kind, Packet, PacketReader
from edge.hardware.readers.fingerprint.protocol import RETRY, Code, Instruction
from edge.hardware.readers.port import Presented

if TYPE_CHECKING:
    from serial import Serial

BAUD = 57_600
ANSWER_S = 2.0
"""A search through a full library takes about one."""
POLL_S = 0.1
FIRST, SECOND = 1, 2
"""The sensor's two buffers."""


class FingerprintSensor:
    def __init__(
        self,
        port: str,
        *,
        baud: int = BAUD,
        password: int = 0,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._port = port
        self._baud = baud
        self._password = password
        self._monotonic = monotonic
        self._sleep = sleep
        self._serial: Serial | None = None
        self._packets = PacketReader()
        self._finger_stays = False
        self.capacity = 0
        """Slots in its library; known once it is open."""

    @property
    def name(self) -> str:
        return f"fingerprint sensor {self._port}"

    def open(self) -> None:
        self.close()
        try:
            from serial import Serial
        except ImportError as error:
            raise Misconfigured("pyserial is not here: install diemdanh with its extra [sensors].") from error
        try:
            self._serial = Serial(self._port, self._baud, timeout=0.05, write_timeout=ANSWER_S, exclusive=True)
        except (OSError, termios.error) as error:
            raise Unavailable(
                f"{self.name}: {error}. Does `diemdanh-edge run` have it? Else check its wires (TX to RX),"
                " `enable_uart=1`, and the group `dialout`."
            ) from error
        self._packets, self._finger_stays = PacketReader(), False
        try:
            code, _ = self._ask(Instruction.VERIFY_PASSWORD, self._password.to_bytes(4, "big"))
            if code == Code.WRONG_PASSWORD:
                raise Misconfigured(f"{self.name}: it has another password.")
            parameters = self._must(Instruction.PARAMETERS, answer_bytes=16)
        except (Unavailable, Misconfigured):
            self.close()
            raise
        self.capacity = int.from_bytes(parameters[4:6], "big")

    def read(self, timeout_s: float) -> Presented | None:
        """The next finger: the number of its slot, or None as text when the sensor does not know it."""
        if not self._wait_for_finger(self._monotonic() + timeout_s):
            return None
        self._finger_stays = True
        code, _ = self._ask(Instruction.EXTRACT, bytes([FIRST]))
        if code in RETRY:
            # Smeared or at the edge: the next look at the same finger may be better.
            self._finger_stays = False
            return None
        # After any other refusal the buffer would still hold the finger before, and so name somebody else.
        self._accept(code)
        slot = self._search()
        return Presented(Method.FINGERPRINT, None if slot is None else str(slot), self.name, self._monotonic())

    def close(self) -> None:
        line, self._serial = self._serial, None
        if line is not None:
            line.close()

    def enrol(self, slot: int, say: Callable[[str], None], *, timeout_s: float = 20.0) -> None:
        """Learn a finger from two touches. Raises Rejected with the reason; then the slot is as it was."""
        if not 0 <= slot < self.capacity:
            raise Rejected(f"{self.name}: slot {slot}: it has slots 0 to {self.capacity - 1}.")
        for buffer, wish in ((FIRST, "put the finger on the glass"), (SECOND, "lift it, and put the same one again")):
            say(wish)
            self._finger_stays = buffer == SECOND
            if not self._wait_for_finger(self._monotonic() + timeout_s):
                raise Rejected(f"{self.name}: no finger within {timeout_s:.0f} s.")
            code, _ = self._ask(Instruction.EXTRACT, bytes([buffer]))
            if code != Code.OK:
                raise Rejected(f"{self.name}: the finger could not be read. Clean and dry it, press it flat.")
            if buffer == FIRST and (known := self._search()) is not None:
                raise Rejected(f"{self.name}: this finger is in slot {known} already.")
        code, _ = self._ask(Instruction.COMBINE)
        if code == Code.DIFFERENT_FINGERS:
            raise Rejected(f"{self.name}: two different fingers.")
        self._accept(code)
        self._must(Instruction.STORE, bytes([FIRST]) + slot.to_bytes(2, "big"))
        self._finger_stays = True

    def forget(self, slot: int) -> None:
        """Delete the template in `slot`; harmless if there is none."""
        self._must(Instruction.DELETE, slot.to_bytes(2, "big") + (1).to_bytes(2, "big"))

    def _wait_for_finger(self, deadline_s: float) -> bool:
        """True once a finger is newly on the glass; one that was there before has to be lifted first."""
        while True:
            code, _ = self._ask(Instruction.TAKE_IMAGE)
            if code == Code.OK and not self._finger_stays:
                return True
            if code == Code.NO_FINGER:
                self._finger_stays = False
            elif code not in {Code.OK, *RETRY}:
                self._accept(code)
            if self._monotonic() >= deadline_s:
                return False
            self._sleep(POLL_S)

    def _search(self) -> int | None:
        code, answer = self._ask(Instruction.SEARCH, bytes([FIRST, 0, 0]) + self.capacity.to_bytes(2, "big"))
        if code == Code.NOT_FOUND:
            return None
        self._accept(code)
        if len(answer) < 4:
            raise Unavailable(f"{self.name}: a short answer.")
        slot = int.from_bytes(answer[:2], "big")
        return slot if slot < self.capacity else None

    def _must(self, instruction: Instruction, parameters: bytes = b"", *, answer_bytes: int = 0) -> bytes:
        code, answer = self._ask(instruction, parameters)
        self._accept(code)
        if len(answer) < answer_bytes:
            raise Unavailable(f"{self.name}: a short answer.")
        return answer

    def _accept(self, code: int) -> None:
        if code != Code.OK:
            raise Unavailable(f"{self.name}: it refused, code 0x{code:02x}.")

    def _ask(self, instruction: Instruction, parameters: bytes = b"") -> tuple[int, bytes]:
        """The confirmation code and what came with it. A damaged answer is as good as none: Unavailable."""
        if self._serial is None:
            raise Unavailable(f"{self.name}: not open.")
        deadline_s = self._monotonic() + ANSWER_S
        try:
            self._serial.reset_input_buffer()
            self._packets = PacketReader()
            self._serial.write(Packet(Kind.COMMAND, bytes([instruction]) + parameters, ANY_ADDRESS).encode())
            while self._monotonic() < deadline_s:
                for packet in self._packets.feed(self._serial.read(max(1, self._serial.in_waiting))):
                    if packet.kind is Kind.ANSWER and packet.payload:
                        return packet.payload[0], packet.payload[1:]
        except (OSError, termios.error) as error:
            raise Unavailable(f"{self.name}: {error}. Check its wires and 3.3 V.") from error
        raise Unavailable(f"{self.name}: no answer within {ANSWER_S:.0f} s. Check its wires and the baud rate.")
