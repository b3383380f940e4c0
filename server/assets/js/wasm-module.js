// One of our WebAssembly modules in a worker of its own, so that the page stays alive while it computes. It is loaded when
// the first thing is asked of it: no page waits for what it does not need yet.

import { fault } from "./problem.js";

/** A function that asks the module for one of its acts: `ask(act, ...values)` gives what the act returns, a text. */
export function wasmModule(name) {
  const waiting = new Map();
  let worker;
  let next = 0;

  // What waits is told, and the next question finds a new worker: this one answers nothing any more.
  function giveUp(kind, message) {
    worker.terminate();
    worker = undefined;
    const told = [...waiting.values()];
    waiting.clear();
    for (const { reject } of told) reject(fault(kind, message));
  }

  function start() {
    worker = new Worker(new URL(`./wasm-worker.js?${name}`, import.meta.url));
    worker.onmessage = ({ data: { id, value, problem, kind, isBroken } }) => {
      const { resolve, reject } = waiting.get(id);
      waiting.delete(id);
      if (problem === undefined) return resolve(value);
      reject(fault(kind, problem));
      if (isBroken) giveUp(kind, problem);
    };
    worker.onerror = (event) => giveUp("not-loaded", event.message);
  }

  const ask = (act, ...values) =>
    new Promise((resolve, reject) => {
      if (!worker) start();
      const id = next++;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, act, values });
    });
  /** Begins to load the module, for what will be asked soon. */
  const load = () => {
    if (!worker) start();
  };
  return Object.assign(ask, { load });
}
