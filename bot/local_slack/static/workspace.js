// Starts the page and keeps it in step with the workspace.

import { wireBar } from "./bar.js";
import { dropZone } from "./composer.js";
import { door } from "./door.js";
import { toast } from "./overlays.js";
import { Room } from "./room.js";

const DEMO_PERSON = "U_ADA";

const at = (id) => document.getElementById(id);

/** The workspace before anybody acts: as the person in the address sees it, else the demo's first. */
async function firstLook() {
  const [user] = location.hash.replace(/^#\/?/, "").split("/");
  try {
    return await door.workspace(user || DEMO_PERSON);
  } catch (problem) {
    if (!user) throw problem;
    return door.workspace(DEMO_PERSON);
  }
}

/** A permalink (`/archives/C_SALES/p1700000000000100`, sent here as a fragment) becomes the page's own address and the message it means. */
function fromPermalink(user = DEMO_PERSON) {
  const found = /^#archives\/([^/]+)\/p(\d{10})(\d+)$/.exec(location.hash);
  if (!found) return null;
  const thread = new URLSearchParams(location.search).get("thread_ts");
  const ts = `${found[2]}.${found[3]}`;
  history.replaceState(null, "", `/#/${user}/${found[1]}${thread && thread !== ts ? `/${thread}` : ""}`);
  return ts;
}

function pointTo(room, ts) {
  const find = () => document.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  if (ts && !find()) room.middle?.conversation?.reachBack(ts);
  const message = ts && find();
  if (!message) return;
  message.scrollIntoView({ block: "center" });
  message.classList.add("pointed");
}

async function start() {
  const meant = fromPermalink();
  const room = new Room();
  wireBar(room);
  dropZone(at("main"), () => room.middle?.composer);
  dropZone(at("thread"), () => room.side?.composer);
  for (let pause = 500; ; pause = Math.min(pause * 2, 5000)) {
    try {
      room.names.workspace = await firstLook();
      break;
    } catch (problem) {
      toast(problem.message);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  // One move at a time: a person may be changed while the last change is still being read.
  let moves = Promise.resolve();
  const follow = () => {
    const linked = fromPermalink(room.user);
    return (moves = moves.then(() => room.follow()).then(() => pointTo(room, linked)).catch((problem) => toast(problem.message)));
  };
  window.addEventListener("hashchange", follow);
  await follow();
  pointTo(room, meant);
  document.body.dataset.ready = "true";
  door.follow(() => {
    room.setOnline(true);
    room.changed();
  }, (online) => room.setOnline(online));
}

start();
