// Speaks to the control door: reads the workspace and acts in it as a person would.

async function ask(path, init) {
  let answer;
  try {
    answer = await fetch(`/_control/${path}`, init);
  } catch {
    throw new Error("The local workspace does not answer. Is it still running?");
  }
  let body = null;
  try {
    body = await answer.json();
  } catch {
    throw new Error(`The local workspace answered ${answer.status} without a readable body.`);
  }
  if (!answer.ok) throw new Error(body.error || `The local workspace answered ${answer.status}.`);
  return body;
}

function post(path, body) {
  return ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

const SPOKEN_ELSEWHERE = new Set(["slash_command", "submit"]);
const FAILURES = {
  operation_timeout: "The app did not answer within 3 seconds (operation_timeout).",
  dispatch_failed: "No app is connected to this workspace (dispatch_failed).",
};

export const door = {
  workspace: (user) => ask(user ? `workspace?user=${encodeURIComponent(user)}` : "workspace"),
  /** All that a person sees; after a `mark`, of messages only what changed since. */
  state: (user, mark = "") => ask(`state?user=${encodeURIComponent(user)}${mark ? `&after=${encodeURIComponent(mark)}` : ""}`),
  log: (since) => ask(`log?since=${since}`),
  faults: (body) => post("faults", body),
  /** One mail by SMTP; a mail that is none is thrown as a sentence. */
  mail: (body) => post("mail", body),
  clock: (seconds, app = false) => post("clock", { advance_s: seconds, app }),

  /** One gesture; what the workspace refuses is thrown as a sentence. */
  async gesture(body) {
    const answer = await post("gestures", body);
    // A command's failure is told by Slackbot in the channel and a submission's in its dialog; the rest has no other place.
    if (answer.shown_error && !SPOKEN_ELSEWHERE.has(body.type)) throw new Error(
      FAILURES[answer.shown_error] || `The app could not be reached (${answer.shown_error}).`
    );
    if (answer.problem) throw new Error(
      `The app answered with something Slack refuses (${answer.problem.error || "invalid"}).`
    );
    return answer;
  },

  /** Calls `changed` whenever something happened, and `online` with whether the stream stands. */
  follow(changed, online) {
    const source = new EventSource("/_control/stream");
    source.onopen = () => {
      online(true);
      changed();
    };
    source.onmessage = () => changed();
    source.onerror = () => online(false);
    return source;
  },
};
