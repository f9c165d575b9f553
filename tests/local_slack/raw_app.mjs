// An app without any library: opens a socket, acknowledges, answers a command and a message. Stops when its input ends.

const [base] = process.argv.slice(2);

async function call(method, token, args = {}) {
  const answer = await fetch(base + method, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json; charset=utf-8" },
    body: JSON.stringify(args),
  });
  return answer.json();
}

const { url } = await call("apps.connections.open", "xapp-1-A01-local");
const socket = new WebSocket(url);

socket.onmessage = async ({ data }) => {
  const { type, envelope_id: envelope, payload } = JSON.parse(data);
  if (type === "hello") console.log("ready");
  if (!envelope) return;
  const answer = type === "slash_commands" ? { payload: { text: `You typed ${payload.text}` } } : {};
  socket.send(JSON.stringify({ envelope_id: envelope, ...answer }));
  const { event } = payload;
  if (event?.type === "message" && event.text === "hello") {
    await call("chat.postMessage", "xoxb-local", { channel: event.channel, text: `Hello, <@${event.user}>!` });
  }
};

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
