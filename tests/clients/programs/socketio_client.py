"""A client with `socketio`. Takes a command a line as JSON, and answers each with a line."""

import asyncio
import base64
import json
import sys

import socketio
from engineio.payload import Payload

# Of an answer to a poll it reads 16 packets unless told otherwise, and gives the connection up when there are more.
Payload.max_decode_packets = 10_000


def read(value):
    """Bytes are `{"base64": text}` in JSON."""
    if isinstance(value, list):
        return [read(inner) for inner in value]
    if isinstance(value, dict):
        if "base64" in value:
            return base64.b64decode(value["base64"])
        return {name: read(inner) for name, inner in value.items()}
    return value


def written(value):
    if isinstance(value, (list, tuple)):
        return [written(inner) for inner in value]
    if isinstance(value, dict):
        return {name: written(inner) for name, inner in value.items()}
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    return value


class Client:
    def __init__(self):
        self.socket = None
        self.came = asyncio.Queue()

    async def open(self, url, namespaces, auth=None, transports=None, reconnect=False):
        self.socket = socketio.AsyncClient(
            reconnection=reconnect, reconnection_delay=0.05, reconnection_delay_max=0.2
        )
        for namespace in namespaces:
            self.listen(namespace)
        try:
            await self.socket.connect(url, auth=auth, namespaces=namespaces, transports=transports, wait=False)
        except socketio.exceptions.ConnectionError as error:
            return {"failed": str(error)}
        return {}

    def listen(self, namespace):
        def put(**thing):
            self.came.put_nowait({"namespace": namespace, **thing})

        on = {
            "connect": lambda: put(connected="anew"),
            # Of an attempt that it repeats by itself it has no more than a text.
            "connect_error": lambda error: isinstance(error, dict) and put(refused=error["message"]),
            "disconnect": lambda reason: put(disconnected=reason),
            "*": lambda event, *args: put(event=event, args=written(args)),
        }
        for event, handler in on.items():
            self.socket.on(event, handler, namespace=namespace)

    async def emit(self, namespace, event, args):
        await self.socket.emit(event, tuple(read(args)), namespace=namespace)
        return {}

    async def call(self, namespace, event, args):
        answered = asyncio.get_running_loop().create_future()
        callback = lambda *answer: answered.set_result(answer)
        await self.socket.emit(event, tuple(read(args)), namespace=namespace, callback=callback)
        return {"ack": written(await answered)}

    async def follow(self, command):
        if "open" in command:
            return await self.open(**command["open"])
        if "emit" in command:
            return await self.emit(**command["emit"])
        if "call" in command:
            return await self.call(**command["call"])
        if "leave" in command:
            # It has no way to leave one of several namespaces.
            await self.socket.disconnect()
            return {}
        if "transport" in command:
            return {"transport": self.socket.transport()}
        return await self.came.get()


async def main():
    client = Client()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await client.follow(json.loads(line))), flush=True)


asyncio.run(main())
