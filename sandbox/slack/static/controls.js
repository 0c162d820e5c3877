// Interactive elements: each drawn as a native control that knows its value.
import { combobox } from "./combobox.js";
import { ask } from "./confirm.js";
import { el, safeUrl } from "./dom.js";
import { menuButton } from "./menu.js";
import { text } from "./text.js";

let world = { users: [], channels: [] };
let serial = 0;
// The app hears of what is typed once somebody pauses, not at each letter.
const TYPING_PAUSE_MS = 300;

/** Tell which people and channels the pickers offer. */
export function setWorld(state) {
  world = state;
}

const uniqueId = (prefix) => `${prefix}-${(serial += 1)}`;

/**
 * Draw an element. `act(payload)` sends a click; without it the element only holds a value (a form field).
 * Returns the node; fields answer to `node.readValue()`.
 */
export function control(element, { state, act = null, label = null, suggest = null }) {
  const draw = DRAW[element.type];
  if (!draw) return el("span", { class: "unsupported" }, `${element.type} is not shown here`);
  const node = draw(element, { state: state ?? {}, act: act && confirmed(element, act), label, suggest });
  return node;
}

function confirmed(element, act) {
  return async (payload = {}) => {
    if (element.confirm && !(await ask(element.confirm))) return;
    await act({ action_id: element.action_id, ...payload });
  };
}

function button(element, { act }) {
  const press = async () => {
    const href = element.url && safeUrl(element.url);
    if (href) window.open(href, "_blank", "noopener");
    await whileBusy(node, act);
  };
  const kind = ["button", element.style ?? ""].join(" ");
  const node = el(
    "button",
    { type: "button", class: kind, "aria-label": element.accessibility_label, on: { click: press } },
    text(element.text),
    element.url ? el("span", { class: "outward", "aria-hidden": "true" }, "↗") : null,
  );
  return node;
}

async function whileBusy(node, work) {
  node.classList.add("busy");
  try {
    await work();
  } finally {
    node.classList.remove("busy");
  }
}

function iconButton(element, { act }) {
  return el(
    "button",
    { type: "button", class: "button icon", title: element.text.text, "aria-label": element.accessibility_label ?? element.text.text, on: { click: () => act() } },
    "🗑",
  );
}

function feedback(element, { act }) {
  const side = (part, face) => {
    const press = () => {
      node.querySelectorAll("button").forEach((other) => other.setAttribute("aria-pressed", String(other === one)));
      return act({ value: part.value });
    };
    const one = el(
      "button",
      { type: "button", class: "button icon", "aria-pressed": "false", title: part.text.text, "aria-label": part.accessibility_label ?? part.text.text, on: { click: press } },
      face,
    );
    return one;
  };
  const node = el("span", { class: "feedback" }, side(element.positive_button, "👍"), side(element.negative_button, "👎"));
  return node;
}

const allOptions = (element) => [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)];

function nativeSelect(element, { state, act, label }, groups, chosen) {
  const choose = () => act?.({ option: node.value });
  const rows = groups.map(({ name, options }) => {
    const drawn = options.map(({ value, shown }) => el("option", { value, selected: value === chosen }, shown));
    return name ? el("optgroup", { label: name }, drawn) : drawn;
  });
  const empty = el("option", { value: "" }, element.placeholder?.text ?? "Choose…");
  const name = label ? {} : { "aria-label": element.placeholder?.text ?? "Choose" };
  const node = el("select", { class: "field select", ...name, on: { change: choose } }, empty, rows);
  node.readValue = () => node.value;
  return node;
}

function staticSelect(element, how) {
  const shown = (option) => ({ value: option.value, shown: option.text.text });
  const groups = element.option_groups
    ? element.option_groups.map((group) => ({ name: group.label.text, options: group.options.map(shown) }))
    : [{ name: "", options: element.options.map(shown) }];
  return nativeSelect(element, how, groups, how.state.selected_option?.value);
}

const people = () => world.users.filter((user) => !user.deleted && !user.is_bot).map((user) => ({ value: user.id, shown: user.real_name }));
const rooms = () => world.channels.filter((channel) => channel.kind !== "im").map((channel) => ({ value: channel.id, shown: `#${channel.name}` }));
const picker = (options, field) => (element, how) => nativeSelect(element, how, [{ name: "", options: options() }], how.state[field]);

function overflow(element, { act }) {
  const row = (option) => ({
    shown: text(option.text),
    choose: () => {
      const href = option.url && safeUrl(option.url);
      if (href) window.open(href, "_blank", "noopener");
      return act({ option: option.value });
    },
  });
  return menuButton({ label: "More actions", opener: "⋯", rows: element.options.map(row) });
}

function choices(kind) {
  return (element, { state, act, label }) => {
    const group = uniqueId("choice");
    const chosen = new Set([state.selected_option, ...(state.selected_options ?? [])].filter(Boolean).map((row) => row.value));
    const boxes = allOptions(element).map((option) => {
      const box = el("input", { type: kind, name: group, value: option.value, checked: chosen.has(option.value), on: { change: () => act?.({ option: node.readValue() }) } });
      const about = option.description ? el("small", {}, text(option.description)) : null;
      return el("label", { class: "choice" }, box, el("span", {}, text(option.text), about));
    });
    const node = el("div", { class: "choices", role: kind === "radio" ? "radiogroup" : "group", "aria-label": label }, boxes);
    const checked = () => [...node.querySelectorAll("input:checked")].map((box) => box.value);
    node.readValue = () => (kind === "radio" ? (checked()[0] ?? "") : checked());
    return node;
  };
}

const several = (options, field) => (element, how) => {
  const offered = options().map(({ value, shown }) => ({ value, text: { type: "plain_text", text: shown } }));
  const chosen = (how.state[field] ?? []).map((value) => ({ value }));
  return choices("checkbox")({ ...element, options: offered }, { ...how, state: { selected_options: chosen } });
};

function typed(type, field = "value", { read = (value) => value, write = (value) => value } = {}) {
  return (element, { state, act, label }) => {
    const send = () => act?.({ value: node.readValue() });
    const onEnter = (event) => event.key === "Enter" && act && (event.preventDefault(), send());
    const multiline = element.multiline || element.type === "rich_text_input";
    const asTyped = element.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered");
    let pause = 0;
    const onType = () => {
      clearTimeout(pause);
      pause = setTimeout(() => node.isConnected && send(), TYPING_PAUSE_MS);
    };
    const heard = type === "text" || type === "email" || type === "url" || type === "number" ? { keydown: onEnter } : { change: send };
    const node = el(multiline ? "textarea" : "input", {
      class: "field",
      type: multiline ? null : type,
      rows: multiline ? 4 : null,
      step: element.is_decimal_allowed ? "any" : null,
      placeholder: element.placeholder?.text,
      maxlength: element.max_length,
      "aria-label": label ? null : (element.placeholder?.text ?? "Value"),
      on: { ...(multiline ? {} : heard), ...(asTyped ? { input: onType } : {}) },
    });
    node.value = write(state[field] ?? "");
    node.readValue = () => read(node.value);
    return node;
  };
}

const local = (seconds) => (seconds ? new Date(seconds * 1000 - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 16) : "");
const rich = (value) => value && { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: value }] }] };

const DRAW = {
  button,
  icon_button: iconButton,
  feedback_buttons: feedback,
  overflow,
  static_select: staticSelect,
  external_select: combobox(false),
  multi_external_select: combobox(true),
  users_select: picker(people, "selected_user"),
  channels_select: picker(rooms, "selected_channel"),
  conversations_select: picker(rooms, "selected_conversation"),
  radio_buttons: choices("radio"),
  checkboxes: choices("checkbox"),
  multi_static_select: choices("checkbox"),
  multi_users_select: several(people, "selected_users"),
  multi_channels_select: several(rooms, "selected_channels"),
  multi_conversations_select: several(rooms, "selected_conversations"),
  plain_text_input: typed("text"),
  email_text_input: typed("email"),
  url_text_input: typed("url"),
  number_input: typed("number"),
  rich_text_input: typed("text", "rich_text_value", { read: rich, write: (value) => (value ? value.elements[0].elements[0]?.text : "") }),
  datepicker: typed("date", "selected_date"),
  timepicker: typed("time", "selected_time"),
  datetimepicker: typed("datetime-local", "selected_date_time", { read: (value) => (value ? Date.parse(value) / 1000 : ""), write: local }),
};
