"""A client with `websockets`. Takes a command a line as JSON, and answers each with a line."""

import asyncio
import json
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus


class Client:
    def __init__(self):
        self.socket = None

    async def open(self, url, protocols=None, headers=None):
        try:
            self.socket = await connect(url, subprotocols=protocols, additional_headers=headers, proxy=None)
        except InvalidStatus as refused:
            return {"refused": refused.response.status_code}
        return {"opened": self.socket.subprotocol or ""}

    async def send(self, text):
        await self.socket.send(text)
        return {}

    async def next(self):
        try:
            came = await self.socket.recv()
        except ConnectionClosed:
            return {"closed": self.socket.close_code, "reason": self.socket.close_reason}
        return {"text": came} if isinstance(came, str) else {"binary": len(came)}

    async def follow(self, command):
        if "open" in command:
            return await self.open(**command["open"])
        if "send" in command:
            return await self.send(command["send"])
        return await self.next()


async def main():
    client = Client()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await client.follow(json.loads(line))), flush=True)


asyncio.run(main())
