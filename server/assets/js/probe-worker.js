// Tells readiness.js whether WebAssembly is compiled where this service runs its own: in a worker, under its policy. The bytes
// are the smallest module there is.

try {
  var module = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
  self.postMessage(module instanceof WebAssembly.Module ? "ready" : "no module");
} catch (error) {
  self.postMessage(String(error));
}
