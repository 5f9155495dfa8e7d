// Saves a form as it is typed: to the server, and until that succeeded on this device.
const WAIT = 800;
const RETRY = [2000, 5000, 15000, 30000];
const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);

/** Autosave for `form`; `say(text, isOff)` shows the state, `changed()` redraws after a restore. */
export function keepDraft(form, say, changed) {
  const key = `draft:${form.dataset.autosave}`;
  const words = form.dataset;
  const { base, sent, fields } = read(key);
  const revision = form.elements.revision;
  // What was sent by a button and then got a newer page was saved, or decided about there.
  const isSettled = sent !== undefined && sent !== revision.value;
  const dirty = new Map(isSettled ? [] : Object.entries(fields ?? {}));
  let timer, busy = false, tries = 0, stopped = false;

  const remember = (more = {}) => {
    try {
      if (!dirty.size) return localStorage.removeItem(key);
      const kept = { base: revision.value, fields: Object.fromEntries(dirty), ...more };
      localStorage.setItem(key, JSON.stringify(kept));
    } catch { /* a full or forbidden store: the server still gets every change */ }
  };
  const off = (text) => say(fill(text, { count: dirty.size }), true);
  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };
  const time = (saved) => new Intl.DateTimeFormat("en-GB",
    { timeStyle: "medium", timeZone: words.zone || undefined }).format(new Date(saved));

  async function save() {
    if (busy) return later(WAIT);
    if (!dirty.size || stopped) return;
    busy = true;
    const sending = new Map(dirty);
    try {
      say(words.saving, false);
      const answer = await fetch(words.autosave, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "X-Requested-With": "fetch", Accept: "application/json" },
        redirect: "manual",
      });
      await settle(answer, sending);
    } catch {
      off(navigator.onLine ? words.kept : words.offline);
      later(RETRY[Math.min(tries++, RETRY.length - 1)]);
    } finally {
      busy = false;
    }
  }

  async function settle(answer, sending) {
    if (answer.type === "opaqueredirect" || answer.status === 401) return off(words.signedOut);
    if (answer.status >= 500 || answer.status === 429 || answer.status === 408) throw answer;
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) return say(told.error ?? fill(words.kept, { count: dirty.size }), true);
    tries = 0;
    const errors = told.errors ?? {};
    for (const [name, value] of sending) {
      if (dirty.get(name) === value && !(name in errors)) dirty.delete(name);
    }
    if (told.revision !== undefined) revision.value = told.revision;
    remember();
    const [wrong] = Object.values(errors);
    say(wrong ?? fill(words.saved, { time: time(told.saved ?? Date.now()) }), Boolean(wrong));
    if ([...dirty.keys()].some((name) => !(name in errors))) later(WAIT);
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
    remember({ sent: revision.value });
  });
  addEventListener("pageshow", () => { stopped = false; });
  addEventListener("online", () => later(0));

  if (isSettled) remember();
  if (dirty.size) {
    // Based on an older version, so that the server sees when another window was here as well.
    if (base !== undefined) revision.value = base;
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
