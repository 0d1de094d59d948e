"""Parents who open the app: `python -m scripts.province_parts.visits FILE URL SECONDS`.

Each comes once, spread evenly over the time, gets the page by a connection of their own, and leaves its live stream
open to the end, as a phone does. Begins at the moment that is written to it, and prints how
long the pages took, in milliseconds, as JSON.
"""

import asyncio
import html
import json
import pickle
import re
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

PAGE = "/children"


async def _get(host: str, port: int, path: str, cookie: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: session={cookie}\r\n\r\n".encode())
    return reader, writer


async def visit(host: str, port: int, cookie: str, at: float, until: float) -> float:
    await asyncio.sleep(max(0.0, at - time.time()))
    began = time.monotonic()
    reader, writer = await _get(host, port, PAGE, cookie)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    if not head.startswith("HTTP/1.1 200"):
        raise RuntimeError(head.splitlines()[0])
    size = re.search(r"content-length: *(\d+)", head, re.IGNORECASE)
    assert size
    page = (await reader.readexactly(int(size[1]))).decode()
    took_ms = 1000 * (time.monotonic() - began)
    writer.close()
    live = re.search(r'hx-sse:connect="([^"]+)"', page)
    assert live
    _, stream = await _get(host, port, html.unescape(live[1]), cookie)
    await asyncio.sleep(max(0.0, until - time.time()))
    stream.close()
    return took_ms


async def run(cookies: list[str], url: str, seconds: float) -> list[float]:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
    print(len(cookies), flush=True)
    start_at = float(sys.stdin.readline())
    visits = (
        visit(host, port, cookie, start_at + seconds * number / len(cookies), start_at + seconds)
        for number, cookie in enumerate(cookies)
    )
    return list(await asyncio.gather(*visits))


if __name__ == "__main__":
    file, url, seconds = sys.argv[1:]
    cookies: list[str] = pickle.loads(Path(file).read_bytes())
    print(json.dumps(asyncio.run(run(cookies, url, float(seconds)))))
