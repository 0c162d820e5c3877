/** The wire to ContentPanelController.read: the captured rows, or the state that the page plays. */
import panel from "preview/panel";

const STATES = {
  full: () => ({ data: panel }),
  manager: () => ({ data: { ...panel, contacts: [], canShare: false } }),
  reader: () => ({ data: { ...panel, contacts: [], canShare: false, canAsk: false } }),
  empty: () => ({ data: { ...panel, suggestions: [], touches: [] } }),
  loading: () => ({}),
  error: () => ({ error: { body: { message: "The server was too busy to answer." } } }),
  locked: () => ({ error: { body: { message: "NO_ACCESS" } } }),
};

export default class Read {
  constructor(emit) {
    this.emit = emit;
  }
  connect() {}
  update() {
    const { data, error } = (STATES[window.preview.state] ?? STATES.full)();
    this.emit({ data, error });
  }
  disconnect() {}
}
