"""A target with known delays, as a program: ``sse_target.py HOST``.

``GET /s/PREFIX-N`` answers with a stream: after ``delay_of(N)`` s three pieces of content, 10 ms
apart, then the end. Prints its port; when its input ends, how often each path was asked for, and
from which addresses.
"""

from __future__ import annotations

import asyncio
import collections
import json
import sys

PIECES = 3
GAP = 0.01


def delay_of(index: int) -> float:
    return 0.05 + 0.02 * (index % 20)


async def main() -> None:
    asked: collections.Counter[str] = collections.Counter()
    peers: set[str] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peers.add(writer.get_extra_info("peername")[0])
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split()[1].decode()
                asked[path] += 1
                await answer(writer, int(path.rpartition("-")[2]))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def answer(writer: asyncio.StreamWriter, index: int) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        await asyncio.sleep(delay_of(index))
        for piece in range(PIECES):
            chunk(writer, f"data: {index} {piece}\n\n")
            await asyncio.sleep(GAP)
        chunk(writer, "event: done\ndata: end\n\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    def chunk(writer: asyncio.StreamWriter, text: str) -> None:
        writer.write(f"{len(text):x}\r\n{text}\r\n".encode())

    server = await asyncio.start_server(serve, sys.argv[1], 0, backlog=1000)
    say(str(server.sockets[0].getsockname()[1]))
    await asyncio.to_thread(sys.stdin.read)
    say(json.dumps([asked, sorted(peers)]))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
