// Rooms over plain WebSockets: who connects is in the room of their account, and what one publishes all of them hear.
import { WebSocketServer } from "ws";
import { http } from "./accounts.mjs";
import { recognize } from "./tokens.mjs";

const rooms = new Map();
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });

function publish(members, { room, event, data }) {
  const text = Buffer.from(JSON.stringify({ type: "event", event, room, data }));
  for (const member of members) member.send(text, { binary: false });
}

function connected(socket, user) {
  const room = `org:${user}`;
  const members = rooms.get(room) ?? new Set();
  rooms.set(room, members.add(socket));
  socket.on("close", () => members.delete(socket));
  socket.on("message", (text) => {
    const frame = JSON.parse(text);
    if (frame.type === "publish") publish(members, frame);
    socket.send(JSON.stringify({ type: "ok", id: frame.id, room }));
  });
  socket.send(JSON.stringify({ type: "welcome", rooms: [{ room }] }));
}

http.on("upgrade", (request, socket, head) => {
  const user = recognize(request.headers.authorization?.slice("Bearer ".length));
  if (!user) return socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
  sockets.handleUpgrade(request, socket, head, (open) => connected(open, user));
});

http.listen(Number(process.env.PORT), "127.0.0.1");
