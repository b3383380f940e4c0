// A receipt's QR code, drawn on the device.

/** Draws the code's modules into the figure: it came with the receipt, so that nobody has to be asked for it. */
export function drawQr(figure, { size, modules }) {
  if (!figure.hidden) return;
  const bytes = Uint8Array.from(atob(modules), (byte) => byte.charCodeAt(0));
  const isDark = (bit) => (bytes[bit >> 3] & (0x80 >> (bit & 7))) !== 0;
  let path = "";
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (isDark(row * size + column)) path += `M${column + 4} ${row + 4}h1v1h-1z`;
    }
  }
  const element = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const whole = size + 8;
  const svg = element("svg", {
    viewBox: `0 0 ${whole} ${whole}`,
    width: 280,
    height: 280,
    role: "img",
    "aria-label": figure.dataset.label,
    "shape-rendering": "crispEdges",
  });
  svg.append(
    element("rect", { width: whole, height: whole, fill: "#fff" }),
    element("path", { d: path, fill: "#000" }),
  );
  figure.prepend(svg);
  figure.hidden = false;
}
