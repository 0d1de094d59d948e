"""A broker of MQTT 5 with a receive maximum, which hangs up on whoever has more under way, as the standard says
(section 3.3.4). Mosquitto answers each message before it reads the next, so that it never has cause to."""

import socket
import threading
from collections import deque


class NarrowBroker:
    """One connection. It answers a message only when there are as many as it takes, or nothing more has come."""

    def __init__(self, receive_maximum: int) -> None:
        self.most = 0
        """Messages under way at once, at the worst."""
        self.taken = 0
        self.violated = False
        self._maximum = receive_maximum
        self._server = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self._server.getsockname()[1]}"

    def close(self) -> None:
        self._server.close()
        self._thread.join(10)

    def _serve(self) -> None:
        connection, _ = self._server.accept()
        connection.settimeout(0.05)
        waiting: deque[bytes] = deque()
        buffer = b""
        with connection:
            while True:
                try:
                    received = connection.recv(65536)
                    if not received:
                        return
                    buffer += received
                except TimeoutError:
                    while waiting:
                        self._take(connection, waiting.popleft())
                    continue
                except ConnectionError:
                    return
                while packet := _first(buffer):
                    head, body, buffer = packet
                    match head >> 4:
                        case 1:  # CONNECT: CONNACK with the property 0x21
                            connection.sendall(bytes([0x20, 6, 0, 0, 3, 0x21, 0, self._maximum]))
                        case 8:  # SUBSCRIBE: SUBACK; our clients ask for up to three topics
                            connection.sendall(bytes([0x90, 6]) + body[:2] + bytes([0, 1, 1, 1]))
                        case 3:
                            length = int.from_bytes(body[:2], "big")
                            waiting.append(body[2 + length : 4 + length])
                            self.most = max(self.most, len(waiting))
                            if len(waiting) > self._maximum:
                                self.violated = True
                                return

    def _take(self, connection: socket.socket, message_id: bytes) -> None:
        self.taken += 1
        connection.sendall(b"\x40\x02" + message_id)


def _first(buffer: bytes) -> tuple[int, bytes, bytes] | None:
    """First byte, body and rest, if a whole packet is there."""
    length, shift = 0, 0
    for index in range(1, min(5, len(buffer))):
        length |= (buffer[index] & 0x7F) << shift
        shift += 7
        if buffer[index] < 0x80:
            end = index + 1 + length
            return (buffer[0], buffer[index + 1 : end], buffer[end:]) if len(buffer) >= end else None
    return None
