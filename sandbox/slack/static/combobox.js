// Type-ahead for menus whose options the app makes up as one types.
import { el } from "./dom.js";
import { text } from "./text.js";
import { toast } from "./toasts.js";

const QUIET_MS = 180;
const QUERY_LEAST = 3;
let serial = 0;

/** Make an external menu, for one choice or `several`; `suggest(typed)` asks the app. */
export function combobox(several) {
  return (element, { state, act, label, suggest }) => new Combobox(element, { state, act, label, suggest, several }).node;
}

class Combobox {
  constructor(element, { state, act, label, suggest, several }) {
    Object.assign(this, { element, act, suggest, several, rows: [], active: -1, asked: 0 });
    this.chosen = several ? [...(state.selected_options ?? [])] : [state.selected_option].filter(Boolean);
    this.least = element.min_query_length ?? QUERY_LEAST;
    const id = `combobox-${(serial += 1)}`;
    const words = element.placeholder?.text ?? "Type to search…";
    this.list = el("div", { class: "options", id, role: "listbox", "aria-label": "Options", hidden: true });
    this.box = el("input", {
      class: "field",
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: words,
      "aria-label": label ?? words,
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": id,
      on: { input: () => this.typed(), keydown: (event) => this.key(event), blur: () => this.left(), focus: () => this.entered() },
    });
    this.chips = el("span", { class: "chips" });
    this.node = el("div", { class: "combobox" }, this.chips, this.box, this.list);
    this.node.readValue = () => (several ? this.chosen.map((row) => row.value) : (this.chosen[0]?.value ?? ""));
    this.drawChosen();
  }

  entered() {
    // Who comes back because the app drew the form anew did not ask for the list.
    if (this.box.dataset.redrawn) delete this.box.dataset.redrawn;
    else this.typed();
  }

  typed() {
    clearTimeout(this.timer);
    const words = this.box.value.trim();
    const isChosen = !this.several && this.chosen.length && words === this.chosen[0].text.text;
    if (isChosen || words.length < this.least) return this.close();
    this.timer = setTimeout(() => this.ask(words), QUIET_MS);
  }

  async ask(words) {
    const number = (this.asked += 1);
    this.show([el("div", { class: "option quietly" }, "Searching…")]);
    try {
      const said = await this.suggest(words);
      if (number === this.asked) this.offer(said);
    } catch (problem) {
      this.close();
      toast(problem.message);
    }
  }

  offer({ options, option_groups: groups }) {
    this.rows = [...options, ...groups.flatMap((group) => group.options)];
    this.active = this.rows.length ? 0 : -1;
    if (!this.rows.length) return this.show([el("div", { class: "option quietly" }, "No results")]);
    const drawn = groups.length ? groups.flatMap((group) => [el("div", { class: "option-group" }, text(group.label)), ...group.options.map((row) => this.row(row))]) : options.map((row) => this.row(row));
    this.show(drawn);
    this.mark();
  }

  row(option) {
    const choose = (event) => (event.preventDefault(), this.take(option));
    const about = option.description ? el("small", {}, text(option.description)) : null;
    return el("div", { class: "option", role: "option", id: `${this.list.id}-${this.rows.indexOf(option)}`, "aria-selected": "false", on: { mousedown: choose } }, text(option.text), about);
  }

  mark() {
    this.list.querySelectorAll("[role=option]").forEach((node, place) => {
      node.setAttribute("aria-selected", String(place === this.active));
      if (place === this.active) node.scrollIntoView({ block: "nearest" });
    });
    if (this.active >= 0) this.box.setAttribute("aria-activedescendant", `${this.list.id}-${this.active}`);
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Backspace" && !this.box.value && this.several && this.chosen.length) return this.drop(this.chosen.at(-1));
    if (this.list.hidden) return;
    if (step && this.rows.length) this.active = (this.active + step + this.rows.length) % this.rows.length;
    else if (event.key === "Enter" && this.active >= 0) this.take(this.rows[this.active]);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (step) this.mark();
  }

  take(option) {
    const others = this.chosen.filter((row) => row.value !== option.value);
    this.chosen = this.several ? [...others, option] : [option];
    this.drawChosen();
    this.close();
    this.tell();
  }

  drop(option) {
    this.chosen = this.chosen.filter((row) => row !== option);
    this.drawChosen();
    this.tell();
  }

  tell() {
    return this.act?.({ option: this.several ? this.chosen.map((row) => row.value) : this.chosen[0].value });
  }

  drawChosen() {
    if (!this.several) {
      this.box.value = this.chosen[0]?.text.text ?? "";
      return;
    }
    this.box.value = "";
    this.chips.replaceChildren(
      ...this.chosen.map((row) =>
        el("span", { class: "chip" }, row.text.text, el("button", { type: "button", "aria-label": `Remove ${row.text.text}`, on: { click: () => this.drop(row) } }, "✕")),
      ),
    );
  }

  left() {
    this.close();
    // What was typed and not chosen is no choice.
    this.drawChosen();
  }

  show(children) {
    this.list.replaceChildren(...children);
    this.list.hidden = false;
    this.box.setAttribute("aria-expanded", "true");
  }

  close() {
    clearTimeout(this.timer);
    this.asked += 1;
    this.list.hidden = true;
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
  }
}
