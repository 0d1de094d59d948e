"""A fingerprint sensor made of software that speaks the real protocol over a pseudo terminal. Shipped, never a default.

with FakeFingerprintSensor(folder) as sensor:
    driver = FingerprintSensor(str(sensor.path))
    sensor.library[7] = "right thumb of somebody"
    sensor.touch("right thumb of somebody")     # on the glass until it was searched for, then lifted
    sensor.press("another finger")              # stays on the glass until lift()
"""

import os
import select
import threading
import tty
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Self

from edge.hardware.readers.fingerprint.packets import Kind, Packet, PacketReader
from edge.hardware.readers.fingerprint.protocol import Code, Instruction


class FakeFingerprintSensor:
    """`path` stays the same while the sensor is unplugged and plugged in again."""

    def __init__(self, folder: Path, *, capacity: int = 200, password: int = 0) -> None:
        self.path = folder / "ttyFinger"
        self.library: dict[int, str] = {}
        self.instructions: list[Instruction] = []
        self._capacity = capacity
        self._password = password
        self._touches: deque[str] = deque()
        self._pressed: str | None = None
        self._lifting = False
        self._buffers: dict[int, str] = {}
        self._messy = 0
        self._refusals = 0
        self._garbled = 0
        self._silent = False
        self._master: int | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self.plug_in()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()

    def touch(self, finger: str) -> None:
        with self._lock:
            self._touches.append(finger)

    def press(self, finger: str) -> None:
        with self._lock:
            self._pressed = finger

    def lift(self) -> None:
        with self._lock:
            self._pressed = None

    def smear(self, looks: int = 1) -> None:
        """The next images are too messy."""
        self._messy += looks

    def refuse_extraction(self) -> None:
        """The next image is not taken over, for a reason that another try does not mend."""
        self._refusals += 1

    def garble(self, answers: int = 1) -> None:
        """The next answers arrive with a wrong checksum, after some noise."""
        self._garbled += answers

    def fall_silent(self) -> None:
        self._silent = True

    def plug_in(self) -> None:
        master, slave = os.openpty()
        tty.setraw(slave)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(slave))
        self._master = master
        self._thread = threading.Thread(target=self._serve, args=(master, slave), name="fake finger", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        master, self._master = self._master, None
        if master is not None and self._thread is not None:
            self._thread.join()
            self.path.unlink(missing_ok=True)

    def _serve(self, master: int, slave: int) -> None:
        packets = PacketReader()
        try:
            while self._master == master:
                ready, _, _ = select.select([master], [], [], 0.02)
                received = os.read(master, 1024) if ready else b""
                for packet in packets.feed(received):
                    if packet.kind is Kind.COMMAND and packet.payload and not self._silent:
                        os.write(master, self._sent(self._answer(packet.payload)))
        finally:
            os.close(master)
            os.close(slave)

    def _sent(self, answer: bytes) -> bytes:
        encoded = Packet(Kind.ANSWER, answer).encode()
        if self._garbled:
            self._garbled -= 1
            return b"\xef\x00noise\xef" + encoded[:-1] + bytes([encoded[-1] ^ 0xFF])
        return encoded

    def _answer(self, command: bytes) -> bytes:
        try:
            instruction = Instruction(command[0])
        except ValueError:
            return bytes([Code.BAD_PACKET])
        self.instructions.append(instruction)
        with self._lock:
            return self._do(instruction, command[1:])

    def _do(self, instruction: Instruction, given: bytes) -> bytes:
        match instruction:
            case Instruction.VERIFY_PASSWORD:
                return bytes([Code.OK if int.from_bytes(given, "big") == self._password else Code.WRONG_PASSWORD])
            case Instruction.PARAMETERS:
                words = (0, 0, self._capacity, 3, 0xFFFF, 0xFFFF, 2, 6)
                return bytes([Code.OK]) + b"".join(word.to_bytes(2, "big") for word in words)
            case Instruction.TAKE_IMAGE:
                if self._lifting:
                    self._lifting = False
                    return bytes([Code.NO_FINGER])
                return bytes([Code.OK if self._on_glass() else Code.NO_FINGER])
            case Instruction.EXTRACT if self._refusals:
                self._refusals -= 1
                return bytes([Code.BAD_PACKET])
            case Instruction.EXTRACT:
                finger = self._on_glass()
                if finger is None or self._messy:
                    self._messy = max(0, self._messy - 1)
                    return bytes([Code.TOO_MESSY])
                self._buffers[given[0]] = finger
                if given[0] == 2:
                    self._leave_glass()
                return bytes([Code.OK])
            case Instruction.SEARCH:
                finger = self._buffers.get(given[0])
                self._leave_glass()
                found = [slot for slot, known in sorted(self.library.items()) if known == finger]
                return bytes([Code.OK, *found[0].to_bytes(2, "big"), 0, 120] if found else [Code.NOT_FOUND])
            case Instruction.COMBINE:
                same = self._buffers.get(1) == self._buffers.get(2)
                return bytes([Code.OK if same else Code.DIFFERENT_FINGERS])
            case Instruction.STORE:
                return self._store(int.from_bytes(given[1:3], "big"))
            case Instruction.DELETE:
                self.library.pop(int.from_bytes(given[:2], "big"), None)
                return bytes([Code.OK])

    def _store(self, slot: int) -> bytes:
        if slot >= self._capacity:
            return bytes([Code.NO_SUCH_SLOT])
        self.library[slot] = self._buffers[1]
        return bytes([Code.OK])

    def _on_glass(self) -> str | None:
        return self._pressed or (self._touches[0] if self._touches else None)

    def _leave_glass(self) -> None:
        if self._touches and self._pressed is None:
            self._touches.popleft()
            self._lifting = True
