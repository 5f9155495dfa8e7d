// Counts down to data-deadline; the server's clock (data-now) corrects the device's.
const two = (number) => String(number).padStart(2, "0");

function run(clock) {
  const end = Date.parse(clock.dataset.deadline);
  const ahead = Date.now() - Date.parse(clock.dataset.now);
  const small = document.createElement("small");
  const time = document.createTextNode("");
  const tick = () => {
    const left = Math.floor((end - Date.now() + ahead) / 1000);
    if (left < 0) {
      clock.textContent = clock.dataset.over;
      return;
    }
    const days = Math.floor(left / 86400);
    const hours = [left / 3600 % 24, left / 60 % 60, left % 60].map(Math.floor).map(two).join(":");
    small.textContent = days === 1 ? clock.dataset.day : clock.dataset.days;
    time.data = days ? ` ${hours}` : hours;
    clock.replaceChildren(...(days ? [`${days} `, small, time] : [time]));
    setTimeout(tick, 1000 - (Date.now() - ahead) % 1000);
  };
  tick();
}

document.querySelectorAll("[data-deadline]").forEach(run);
