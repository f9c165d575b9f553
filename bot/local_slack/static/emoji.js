// The emoji that a sales team writes, by their short names.

const EMOJI = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", memo: "📝", pencil: "📝", eyes: "👀", tada: "🎉", white_check_mark: "✅",
  heavy_check_mark: "✔️", x: "❌", warning: "⚠️", heart: "❤️", fire: "🔥", rocket: "🚀", pray: "🙏", clap: "👏", wave: "👋",
  raised_hands: "🙌", ok_hand: "👌", muscle: "💪", point_right: "👉", point_left: "👈", point_up: "☝️", point_down: "👇", smile: "😄",
  slightly_smiling_face: "🙂", grinning: "😀", joy: "😂", wink: "😉", thinking_face: "🤔", cry: "😢", sob: "😭", sweat_smile: "😅",
  sunglasses: "😎", neutral_face: "😐", star: "⭐", sparkles: "✨", zap: "⚡", bulb: "💡", bell: "🔔", no_bell: "🔕", calendar: "📆",
  date: "📅", clock3: "🕒", hourglass: "⌛", hourglass_flowing_sand: "⏳", email: "✉️", envelope: "✉️", incoming_envelope: "📨", inbox_tray: "📥",
  outbox_tray: "📤", telephone_receiver: "📞", phone: "☎️", iphone: "📱", link: "🔗", lock: "🔒", unlock: "🔓", key: "🔑", mag: "🔍",
  chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊", moneybag: "💰", dollar: "💵", euro: "💶",
  credit_card: "💳", package: "📦", handshake: "🤝", office: "🏢", bust_in_silhouette: "👤", busts_in_silhouette: "👥", pushpin: "📌",
  paperclip: "📎", clipboard: "📋", file_folder: "📁", wastebasket: "🗑️", gear: "⚙️", question: "❓", exclamation: "❗",
  information_source: "ℹ️", red_circle: "🔴", large_yellow_circle: "🟡", large_green_circle: "🟢", large_blue_circle: "🔵", white_circle: "⚪",
  black_circle: "⚫", arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", repeat: "🔁", recycle: "♻️", speech_balloon: "💬",
  robot_face: "🤖", trophy: "🏆", dart: "🎯", snowflake: "❄️", sunny: "☀️", coffee: "☕", beers: "🍻", birthday: "🎂", gift: "🎁", "100": "💯",
  seedling: "🌱", construction: "🚧", no_entry: "⛔", no_entry_sign: "🚫", stopwatch: "⏱️", alarm_clock: "⏰", globe_with_meridians: "🌐",
};

export const REACTIONS = ["memo", "eyes", "+1", "white_check_mark", "tada", "heart", "thinking_face", "raised_hands"];

/** The short names of all emoji known here. */
export function everyEmoji() {
  return Object.keys(EMOJI);
}

let drawable = null;

/** Whether this machine has a font that draws emoji in colour; without one they would be empty boxes. */
function canDraw() {
  if (drawable !== null) return drawable;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 20;
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  brush.font = "16px sans-serif";
  brush.fillText("👍", 0, 16);
  const { data } = brush.getImageData(0, 0, 20, 20);
  drawable = data.some((level, index) => index % 4 !== 3 && level > 40 && data[index - (index % 4) + 3] > 40);
  return drawable;
}

/** Whether a short name is known here. */
export function isEmoji(name) {
  return Object.hasOwn(EMOJI, name);
}

/** The emoji of a short name, or the name between colons where it is not known or cannot be drawn. */
export function emoji(name) {
  const bare = String(name).replace(/::skin-tone-\d$/, "");
  return isEmoji(bare) && canDraw() ? EMOJI[bare] : `:${bare}:`;
}
