// Saves a form as it is typed: to the server, and until that succeeded on this device.
const WAIT = 800;
const RETRY = [2000, 5000, 15000, 30000];
const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);

/** Autosave for `form`; `say(text, isOff)` shows the state, `changed()` redraws after a restore. */
export function keepDraft(form, say, changed) {
  const key = `draft:${form.dataset.autosave}`;
  const words = form.dataset;
  const dirty = new Map(Object.entries(read(key)));
  let timer, busy = false, tries = 0, stopped = false;

  const remember = () => {
    try {
      if (dirty.size) localStorage.setItem(key, JSON.stringify(Object.fromEntries(dirty)));
      else localStorage.removeItem(key);
    } catch { /* a full or forbidden store: the server still gets every change */ }
  };
  const off = (text) => say(fill(text, { count: dirty.size }), true);
  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };

  async function save() {
    if (busy) return later(WAIT);
    if (!dirty.size || stopped) return;
    busy = true;
    const sent = new Map(dirty);
    let answer;
    try {
      say(words.saving, false);
      answer = await fetch(words.autosave, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Requested-With": "fetch", Accept: "application/json" },
        redirect: "manual",
      });
      await settle(answer, sent);
    } catch {
      off(navigator.onLine ? words.kept : words.offline);
      later(RETRY[Math.min(tries++, RETRY.length - 1)]);
    } finally {
      busy = false;
    }
  }

  async function settle(answer, sent) {
    if (answer.type === "opaqueredirect" || answer.status === 401) return off(words.signedOut);
    if (answer.status >= 500 || answer.status === 429 || answer.status === 408) throw answer;
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) return say(told.error ?? fill(words.kept, { count: dirty.size }), true);
    tries = 0;
    for (const [name, value] of sent) if (dirty.get(name) === value) dirty.delete(name);
    remember();
    if (told.revision !== undefined) form.elements.revision.value = told.revision;
    say(fill(words.saved, { time: told.saved ?? new Date().toTimeString().slice(0, 8) }), false);
    if (dirty.size) later(WAIT);
  }

  const note = ({ target }) => {
    if (!target.name || target.type === "hidden") return;
    dirty.set(target.name, target.value);
    remember();
    later(WAIT);
  };
  form.addEventListener("input", note);
  form.addEventListener("submit", () => {
    stopped = true;
    clearTimeout(timer);
  });
  addEventListener("online", () => later(0));

  if (dirty.size) {
    for (const [name, value] of dirty) {
      const field = form.elements.namedItem(name);
      if (field) field.value = value;
      else dirty.delete(name);
    }
    off(words.restored);
    changed();
    later(WAIT);
  }
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}
