"""A proxy that shows a server under a path: reverse-proxy.py UPSTREAM-PORT /PATH/; prints the port that it listens on."""

import asyncio
import sys

upstream, path = int(sys.argv[1]), sys.argv[2].encode()


async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def serve(reader, writer):
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, rest = head.split(b" ", 2)
        if not target.startswith(path):
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            writer.close()
            return
        if b"upgrade: websocket" not in rest.lower():
            # One request a connection, so that each head is seen here.
            version, fields = rest.split(b"\r\n", 1)
            kept = [line for line in fields.split(b"\r\n") if not line.lower().startswith(b"connection:")]
            rest = b"\r\n".join([version, b"Connection: close"] + kept)
        from_server, to_server = await asyncio.open_connection("127.0.0.1", upstream)
        to_server.write(b" ".join([method, b"/" + target[len(path):], rest]))
        await asyncio.gather(copy(reader, to_server), copy(from_server, writer))
    except (OSError, ValueError, asyncio.IncompleteReadError):
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(f"listening on {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


asyncio.run(main())
