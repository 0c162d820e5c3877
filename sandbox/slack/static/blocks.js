// Block Kit, drawn.
import { control } from "./controls.js";
import { el, link, safeUrl } from "./dom.js";
import { markdown, richText, text } from "./text.js";

/**
 * Draw blocks. `how.values` is Slack's `state.values`, `how.act(block_id, payload)` sends a click,
 * `how.suggest(block_id, action_id, typed)` asks for options, `how.errors` maps block ids to complaints.
 */
export function blocks(list, how) {
  return el("div", { class: "blocks" }, list.map((block) => oneBlock(block, how)));
}

function oneBlock(block, how) {
  const draw = DRAW[block.type];
  if (!draw) return el("p", { class: "unsupported" }, `${block.type} is not shown here`);
  return el("div", { class: `block ${block.type}`, dataset: { block: block.block_id } }, draw(block, how));
}

const stateOf = (block, element, how) => how.values?.[block.block_id]?.[element.action_id];

function interactive(block, element, how) {
  const suggest = (typed) => how.suggest(block.block_id, element.action_id, typed);
  return control(element, { state: stateOf(block, element, how), act: (payload) => how.act(block.block_id, payload), suggest });
}

function section(block, how) {
  const fields = block.fields && el("div", { class: "fields" }, block.fields.map((field) => el("div", {}, text(field))));
  const body = el("div", { class: "section-text" }, block.text ? text(block.text) : null, fields);
  if (!block.accessory) return body;
  const side = block.accessory.type === "image" ? picture(block.accessory, "thumb") : interactive(block, block.accessory, how);
  return [body, el("div", { class: "accessory" }, side)];
}

function picture(image, kind) {
  const src = safeUrl(image.image_url ?? image.slack_file?.url);
  const missing = () => node.replaceWith(el("span", { class: `missing ${kind}` }, image.alt_text));
  const node = el("img", { class: kind, src, alt: image.alt_text, loading: "lazy", on: { error: missing } });
  return src ? node : el("span", { class: `missing ${kind}` }, image.alt_text);
}

function input(block, how) {
  const id = `label-${block.block_id}`;
  const act = block.dispatch_action ? (payload) => how.act(block.block_id, payload) : null;
  const suggest = (typed) => how.suggest(block.block_id, block.element.action_id, typed);
  const field = control(block.element, { state: stateOf(block, block.element, how), act, label: block.label.text, suggest });
  field.dataset.input = block.block_id;
  field.dataset.action = block.element.action_id;
  // Without what it begins with: a field drawn from the same is the same field.
  field.drawnFrom = JSON.stringify(block.element, (name, value) => (name.startsWith("initial_") ? undefined : value));
  if (block.element.focus_on_load) field.dataset.focus = "";
  field.setAttribute("aria-labelledby", id);
  field.setAttribute("aria-describedby", `error-${block.block_id}`);
  if (!block.optional) field.setAttribute("aria-required", "true");
  const optional = block.optional ? el("span", { class: "optional" }, " (optional)") : null;
  return [
    el("div", { class: "label", id }, text(block.label), optional),
    field,
    block.hint ? el("div", { class: "hint" }, text(block.hint)) : null,
    el("div", { class: "error", id: `error-${block.block_id}`, role: "alert" }, how.errors?.[block.block_id] ?? ""),
  ];
}

function context(block) {
  return block.elements.map((part) => (part.type === "image" ? picture(part, "tiny") : el("span", {}, text(part))));
}

function card(block, how) {
  return el(
    "article",
    { class: "card-box" },
    block.hero_image ? picture(block.hero_image, "hero") : null,
    el(
      "div",
      { class: "card-head" },
      block.icon ? picture(block.icon, "tiny") : null,
      el("div", {}, block.title ? el("h4", {}, text(block.title)) : null, block.subtitle ? el("p", { class: "sub" }, text(block.subtitle)) : null),
    ),
    block.body ? el("p", {}, text(block.body)) : null,
    block.subtext ? el("p", { class: "sub" }, text(block.subtext)) : null,
    block.actions ? el("div", { class: "actions" }, block.actions.map((part) => interactive(block, part, how))) : null,
  );
}

function container(block, how) {
  const title = block.rich_text_title ? richText(block.rich_text_title) : text(block.title);
  const head = [el("strong", {}, title), block.subtitle ? el("p", { class: "sub" }, text(block.subtitle)) : null];
  const inside = blocks(block.child_blocks, how);
  if (!block.is_collapsible) return el("div", { class: "container-box" }, head, inside);
  return el("details", { class: "container-box", open: !block.default_collapsed }, el("summary", {}, head), inside);
}

function table(block) {
  const align = (place) => ({ "text-align": block.column_settings?.[place]?.align ?? "left" });
  const cell = (tag) => (part, place) => {
    const shown = part.type === "rich_text" ? richText(part) : (part.text ?? String(part.value));
    return el(tag, { style: align(place), scope: tag === "th" ? "col" : null }, shown);
  };
  const [head, ...rows] = block.rows;
  return el(
    "div",
    { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table" },
    el("table", {}, el("thead", {}, el("tr", {}, head.map(cell("th")))), el("tbody", {}, rows.map((row) => el("tr", {}, row.map(cell("td")))))),
  );
}

function dataTable(block) {
  const caption = el("div", { class: "sub" }, block.caption);
  return [caption, table({ rows: block.rows })];
}

/** A chart as bars, one row for each label: readable by eye and by a screen reader alike. */
function chart(block) {
  const { type, segments, series } = block.chart;
  const rows = type === "pie" ? segments.map((part) => [part.label, part.value]) : series.flatMap((one) => one.data.map((point) => [`${one.name} · ${point.label}`, point.value]));
  const most = Math.max(...rows.map(([, value]) => Math.abs(value)), 1e-9);
  const bar = ([label, value]) => el("tr", {}, el("th", { scope: "row" }, label), el("td", { class: "bar-cell" }, el("span", { class: "chart-bar", style: { width: `${(Math.abs(value) / most) * 100}%` } })), el("td", {}, String(value)));
  return [el("strong", {}, block.title), el("table", { class: "chart" }, el("tbody", {}, rows.map(bar)))];
}

const TASK_MARKS = { pending: "○", in_progress: "◔", complete: "✓", error: "!" };

function task(part) {
  const sources = (part.sources ?? []).map((source) => link(source.url, source.text));
  return el(
    "div",
    { class: `task ${part.status}` },
    el("span", { class: "task-mark", title: part.status }, TASK_MARKS[part.status]),
    el("div", {}, part.title, part.details ? richText(part.details) : null, part.output ? richText(part.output) : null, sources),
  );
}

function video(block) {
  const thumb = picture({ image_url: block.thumbnail_url, alt_text: block.alt_text }, "wide");
  return [el("strong", {}, link(block.title_url ?? block.video_url, text(block.title))), link(block.video_url, thumb)];
}

const DRAW = {
  section,
  header: (block) => el("h3", {}, text(block.text)),
  divider: () => el("hr"),
  image: (block) => [block.title ? el("div", { class: "sub" }, text(block.title)) : null, picture(block, "wide")],
  context,
  actions: (block, how) => block.elements.map((part) => interactive(block, part, how)),
  context_actions: (block, how) => block.elements.map((part) => interactive(block, part, how)),
  input,
  rich_text: richText,
  markdown: (block) => markdown(block.text),
  alert: (block) => el("div", { class: `alert-box ${block.level ?? "default"}` }, text(block.text)),
  card,
  carousel: (block, how) => block.elements.map((part) => el("div", { dataset: { block: part.block_id } }, card(part, how))),
  container,
  table,
  data_table: dataTable,
  data_visualization: chart,
  plan: (block) => [el("strong", {}, block.title), ...(block.tasks ?? []).map(task)],
  task_card: task,
  video,
};

/** Read every form field inside a node: {block_id: {action_id: value}}. */
export function readValues(root) {
  const values = {};
  for (const field of root.querySelectorAll("[data-input]")) {
    (values[field.dataset.input] ??= {})[field.dataset.action] = field.readValue();
  }
  return values;
}
