// Asks before leaving a form (data-unsaved) whose fields were changed and not sent.
const state = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) =>
  [name, value instanceof File ? `${value.name} ${value.size}` : value]));

for (const form of document.querySelectorAll("form[data-unsaved]")) {
  let before = state(form);
  form.addEventListener("submit", () => { before = null; });
  addEventListener("beforeunload", (event) => {
    if (before !== null && state(form) !== before) event.preventDefault();
  });
}
