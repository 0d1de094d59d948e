"""The push service: `python -m scripts.province_parts.phones PORT FILE [MS]`. Notes when a message came for whom, and
answers MS milliseconds later."""

import asyncio
import sys
import time
from pathlib import Path


async def serve(port: int, file: Path, answers_after_s: float) -> None:
    with file.open("w", buffering=1) as out:

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while True:
                    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                    size = next(
                        int(line.split(":")[1])
                        for line in head.split("\r\n")
                        if line.lower().startswith("content-length:")
                    )
                    await reader.readexactly(size)
                    out.write(f"{time.time():.6f} {head.split(' ', 2)[1].removeprefix('/')}\n")
                    await asyncio.sleep(answers_after_s)
                    writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()

        async with await asyncio.start_server(answer, "127.0.0.1", port, backlog=1000) as server:
            await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), float((*sys.argv, "0")[3]) / 1000))
