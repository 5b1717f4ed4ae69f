// Rooms over Socket.IO: who connects is in the room of their account, and what one publishes all of them hear.
import { Server } from "socket.io";
import { http } from "./accounts.mjs";
import { recognize } from "./tokens.mjs";

const io = new Server(http, { serveClient: false, perMessageDeflate: false });

io.use((socket, next) => {
  socket.data.user = recognize(socket.handshake.auth.token);
  next(socket.data.user ? undefined : new Error("Invalid or expired token"));
});
io.on("connection", (socket) => {
  const room = `org:${socket.data.user}`;
  socket.join(room);
  socket.on("publish", (event, data, done) => {
    io.to(room).emit(event, data);
    done({ ok: true });
  });
  socket.on("auth", (token, done) => done({ ok: recognize(token) === socket.data.user }));
});

http.listen(Number(process.env.PORT), "127.0.0.1");
