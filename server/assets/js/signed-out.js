// The page after the sign-out: nothing that was ticked stays in this tab.

import { wipeTicks } from "./ticks.js";

wipeTicks();
