// Parts of a page that the service sends again whenever they have changed: `data-live` says from where. Without this script the page
// stays as it was loaded.

const parts = document.querySelectorAll("[data-live]");

if (parts.length > 0 && window.EventSource) {
  for (const part of parts) {
    // A broken connection is made again by the browser; what stands there is the last that was known.
    new EventSource(part.dataset.live).onmessage = (event) => {
      show(part, event.data);
      tick();
    };
  }
  setInterval(tick, 1000);
  tick();
}

/** Puts the new content in, and the focus back on the link that had it. */
function show(part, html) {
  const focused = part.contains(document.activeElement) ? part.querySelectorAll("a, button") : [];
  const place = Array.prototype.indexOf.call(focused, document.activeElement);
  part.innerHTML = html;
  const again = place < 0 ? null : part.querySelectorAll("a, button")[place];
  if (again) again.focus();
}

/** How long something has lasted, or what is left of it, in minutes and seconds, by the service's clock. */
function tick() {
  for (const one of document.querySelectorAll("[data-live] [data-since], [data-live] [data-until]")) {
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
