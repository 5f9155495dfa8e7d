// The judge's form: live total, the chosen level, keys, and the draft. Everything works without.
import { format, parse, times } from "./decimal.js";
import { keepDraft } from "./draft.js";

const form = document.querySelector("form[data-autosave]");
const tally = document.querySelector(".tally") ?? document.createElement("div");
const criteria = [...form.querySelectorAll("[data-criterion]")];
const places = Number(form.dataset.places);

const rating = (criterion) => criterion.querySelector("input:checked, .ruler-free input")?.value ?? "";

function draw(criterion) {
  const value = rating(criterion);
  const number = value === "" ? NaN : Number(value);
  const levels = [...criterion.querySelectorAll(".levels li")];
  for (const level of levels) {
    level.classList.toggle("is-on", number >= level.dataset.low && number <= level.dataset.high);
  }
  const reason = criterion.querySelector("[data-extremes]");
  if (reason) {
    const ends = levels.length ? [levels[0], levels.at(-1)] : [];
    const extreme = ends.some((end) => end.classList.contains("is-on"))
      || (!ends.length && [criterion.dataset.min, criterion.dataset.max].includes(value));
    const written = reason.querySelector("textarea").value.trim() !== "";
    reason.hidden = !extreme && !written && !reason.querySelector("[aria-invalid]");
  }
}

function count() {
  let total = 0n, done = 0;
  for (const criterion of criteria) {
    const value = parse(rating(criterion));
    const part = value === null ? null : times(value, parse(criterion.dataset.factor));
    const place = tally.querySelector(`[data-part="${criterion.dataset.criterion}"]`);
    if (place) place.textContent = part === null ? "–" : format(part, 1);
    if (part === null) continue;
    total += part;
    done += 1;
  }
  const words = tally.querySelector("[data-done]");
  if (!words) return;
  tally.querySelector("[data-total]").textContent = done ? format(total, places) : "–";
  words.textContent = words.dataset.text.replace("{done}", done).replace("{count}", criteria.length);
  const short = document.querySelector("[data-done-short]");
  if (short) short.textContent = `${done}/${criteria.length}`;
}

function redraw() {
  criteria.forEach(draw);
  count();
}

// keys

let current = criteria[0];
form.addEventListener("focusin", ({ target }) => {
  current = target.closest("[data-criterion]") ?? current;
});

function enter(criterion) {
  if (!criterion) return;
  current = criterion;
  criterion.scrollIntoView({ block: "nearest" });
  const cells = criterion.querySelectorAll("input");
  (criterion.querySelector("input:checked") ?? cells[0]).focus({ preventScroll: true });
}

function choose(digit) {
  const cells = [...current.querySelectorAll(".ruler input")];
  const wanted = digit === "0" && !cells.some((cell) => cell.value === "0") ? "10" : digit;
  const cell = cells.find((one) => one.value === wanted);
  if (!cell) return;
  cell.checked = true;
  cell.focus();
  cell.dispatchEvent(new Event("input", { bubbles: true }));
}

const keys = {
  ArrowDown: () => enter(criteria[criteria.indexOf(current) + 1]),
  ArrowUp: () => enter(criteria[criteria.indexOf(current) - 1]),
  c: () => {
    const reason = current.querySelector(".crit-reason");
    if (reason) reason.hidden = false;
    if (reason?.matches("details")) reason.open = true;
    (reason?.querySelector("textarea") ?? form.querySelector("textarea:last-of-type"))?.focus();
  },
  e: () => {
    const entry = document.getElementById("entry");
    if (entry.contains(document.activeElement)) return enter(current);
    openTab("entry");
    entry.focus();
  },
  "?": () => {
    const list = form.querySelector(".keys-all");
    list.open = !list.open;
    (list.open ? list.querySelector("summary") : current.querySelector("input")).focus();
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.matches("textarea, select, input:not([type=radio])")) {
    if (event.key === "Escape") enter(current);
    return;
  }
  const digit = /^[0-9]$/.test(event.key) && current.querySelector(".ruler");
  const act = digit ? () => choose(event.key) : keys[event.key] ?? keys[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

// entry and rubric as two tabs on a narrow screen

const bench = document.querySelector(".bench");
const tabs = [...document.querySelectorAll(".bench-tabs a")];

function openTab(name) {
  for (const tab of tabs) {
    const id = tab.hash.slice(1);
    const chosen = id === name;
    document.getElementById(id).classList.toggle("is-away", !chosen);
    if (chosen) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
}

if (tabs.length) {
  bench.classList.add("is-live-tabs");
  openTab(form.id);
  tabs.forEach((tab) => tab.addEventListener("click", (event) => {
    event.preventDefault();
    openTab(tab.hash.slice(1));
    scrollTo(0, 0);
  }));
}

// start

const state = tally.querySelector("[data-state]") ?? tally;
form.classList.add("is-live");
form.querySelectorAll(".keys, .keys-all, .levels-more").forEach((part) => { part.hidden = false; });
form.addEventListener("click", ({ target }) => {
  if (!target.matches(".levels-more")) return;
  const open = target.previousElementSibling.classList.toggle("is-open");
  target.setAttribute("aria-expanded", open);
});
form.addEventListener("input", ({ target }) => {
  const criterion = target.closest("[data-criterion]");
  if (criterion) draw(criterion);
  count();
});
redraw();
if (form.dataset.autosave) keepDraft(form, (text, isOff) => {
  state.textContent = text;
  state.classList.toggle("saved-off", isOff);
}, redraw);
