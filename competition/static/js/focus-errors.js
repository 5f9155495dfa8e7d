// Moves the focus to the error summary, and from each of its links into the field it names.
document.querySelector(".err-summary")?.focus();

document.addEventListener("click", (event) => {
  const link = event.target.closest(".err-summary a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  (field.closest(".field, .crit, fieldset") ?? field).scrollIntoView({ block: "start" });
  const inner = field.matches("fieldset") ? field.querySelector("input, select, textarea") : field;
  inner?.focus({ preventScroll: true });
});
