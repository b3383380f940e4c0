// A ballot is sent until the service has answered. The same ballot gets the same receipt, however often it is sent.

import { part } from "./page-parts.js";
import { isPassing, sendAnonymously } from "./service.js";

/** Milliseconds before the first and the longest wait between two attempts. */
const FIRST_WAIT = 4000;
const LONGEST_WAIT = 60000;

/** The receipt. While the network or the service is away, the page says that the ballot is kept and goes out by itself. */
export async function deliver(url, ballot, button) {
  for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
    try {
      const receipt = await sendAnonymously(url, ballot);
      part("waiting").hidden = true;
      return receipt;
    } catch (error) {
      part("waiting").hidden = !isPassing(error);
      if (!isPassing(error)) throw error;
    }
    await until(wait, button);
  }
}

/** Until the network is back, the button is pressed, or the time is over. */
function until(wait, button) {
  return new Promise((resolve) => {
    const goOn = () => {
      clearTimeout(timer);
      window.removeEventListener("online", goOn);
      button.removeEventListener("click", goOn);
      resolve();
    };
    const timer = setTimeout(goOn, wait);
    window.addEventListener("online", goOn);
    button.addEventListener("click", goOn);
  });
}
