"""Watches a tap with Python's websockets and keeps what it is sent: ADDRESS COUNT DIRECTORY. Prints what each message says of its picture."""

import asyncio
import base64
import json
import sys

import websockets


async def main(address, count, directory):
    async with websockets.connect(address, max_size=None) as socket:
        seen = 0
        while seen < count:
            message = json.loads(await asyncio.wait_for(socket.recv(), 20))
            if message["type"] != "frame":
                continue
            with open(f"{directory}/{seen}.jpg", "wb") as file:
                file.write(base64.b64decode(message["data"], validate=True))
            seen += 1
            print(f"picture {seen - 1} {message.get('damaged', 'whole')}", flush=True)
    print("enough", flush=True)


asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
