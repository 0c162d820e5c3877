// The emoji names that turn up in business messages; others are shown as they are written.
const EMOJI = {
  "+1": "👍", "-1": "👎", alarm_clock: "⏰", arrow_down: "⬇️", arrow_right: "➡️", arrow_up: "⬆️", bar_chart: "📊", bell: "🔔",
  bookmark: "🔖", books: "📚", briefcase: "💼", bulb: "💡", calendar: "📆", chart_with_downwards_trend: "📉",
  chart_with_upwards_trend: "📈", clap: "👏", clipboard: "📋", clock3: "🕒", dart: "🎯", email: "✉️", eyes: "👀", factory: "🏭",
  fire: "🔥", flag: "🚩", gear: "⚙️", globe_with_meridians: "🌐", handshake: "🤝", heavy_check_mark: "✔️", hourglass: "⌛",
  hourglass_flowing_sand: "⏳", inbox_tray: "📥", information_source: "ℹ️", key: "🔑", label: "🏷️", link: "🔗", lock: "🔒", mag: "🔍",
  mailbox: "📫", mega: "📣", memo: "📝", moneybag: "💰", no_bell: "🔕", no_entry: "⛔", office: "🏢", outbox_tray: "📤", package: "📦",
  page_facing_up: "📄", paperclip: "📎", pencil2: "✏️", pushpin: "📌", question: "❓", red_circle: "🔴", repeat: "🔁", robot_face: "🤖", rocket: "🚀",
  rotating_light: "🚨", shield: "🛡️", sparkles: "✨", speech_balloon: "💬", star: "⭐", tada: "🎉", thinking_face: "🤔", trophy: "🏆",
  truck: "🚚", warning: "⚠️", wave: "👋", white_check_mark: "✅", x: "❌", zap: "⚡",
};

export const emoji = (name) => EMOJI[name] ?? `:${name}:`;
