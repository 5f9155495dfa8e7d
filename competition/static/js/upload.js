// Shows how far an upload is, in words. Without it the form is sent as any other.
// The words are data-* attributes of the form (components/forms.html).
const megabytes = (size) => `${(size / 1e6).toFixed(1)}\u00a0MB`;

const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);

function show(request) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const main = page.querySelector("main");
  if (!main) return location.assign(request.responseURL);
  document.title = page.title;
  document.querySelector("main").replaceWith(main);
  history.replaceState(null, "", request.responseURL);
  (main.querySelector(".err-summary") ?? main).focus();
  scrollTo(0, 0);
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-upload]");
  const files = form && [...form.querySelectorAll("input[type=file]")].flatMap((one) => [...one.files]);
  if (!files?.length) return;
  event.preventDefault();
  const line = form.querySelector("[data-progress]");
  const name = files.map((file) => file.name).join(", ");
  const buttons = form.querySelectorAll("button");
  const data = new FormData(form, event.submitter);
  const request = new XMLHttpRequest();
  let said = -1;
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    const percent = Math.floor(100 * loaded / total);
    if (percent < 100 && percent - said < 5) return; // a reader hears every change
    said = percent;
    line.textContent = percent === 100 ? form.dataset.checking : fill(form.dataset.text,
      { name, percent, done: megabytes(loaded), total: megabytes(total) });
  });
  const fail = () => {
    line.textContent = form.dataset.failed;
    buttons.forEach((button) => { button.disabled = false; });
  };
  request.addEventListener("load", () => (request.responseText ? show(request) : fail()));
  request.addEventListener("error", fail);
  request.open("POST", form.action);
  request.send(data);
  buttons.forEach((button) => { button.disabled = true; });
});
