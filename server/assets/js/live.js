// A part of a page that the service sends again whenever it has changed: `data-live` says from where. Without this script the page
// stays as it was loaded.

const part = document.querySelector("[data-live]");

if (part && window.EventSource) {
  // A broken connection is made again by the browser; what stands there is the last that was known.
  new EventSource(part.dataset.live).onmessage = (event) => {
    part.innerHTML = event.data;
    tick();
  };
  setInterval(tick, 1000);
  tick();
}

/** How long something has lasted, or what is left of it, in minutes and seconds, by the service's clock. */
function tick() {
  for (const one of part.querySelectorAll("[data-since], [data-until]")) {
    if (one.shownAt === undefined) one.shownAt = performance.now();
    const passed = (performance.now() - one.shownAt) / 1000;
    const { since, until } = one.dataset;
    const seconds = since === undefined ? Number(until) - passed : Number(since) + passed;
    one.textContent = clock(Math.max(0, Math.floor(seconds)));
  }
}

function clock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
