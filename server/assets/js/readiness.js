// Whether this browser can do what the page is for, asked before anything else and in the language of browsers of 2011: no page
// stays empty without a word. All words stand in the page; this script chooses among them.

(function () {
  "use strict";

  /** Milliseconds after which something that does not answer is taken for missing, and the page's own script for lost. */
  var PATIENCE = 10000;
  var LOADING = 60000;

  var box = document.querySelector("[data-part=readiness]");
  var isSaid = false;

  function word(name) {
    return document.querySelector("[data-word=" + name + "]");
  }

  function show(element) {
    if (element) element.removeAttribute("hidden");
  }

  /** Says what is missing, and what to do instead. The first fault is the word: others follow from it. */
  function say(name, technical) {
    if (isSaid) return;
    isSaid = true;
    word("opening").setAttribute("hidden", "");
    box.setAttribute("data-fault", name);
    show(word(name));
    show(word("way"));
    var twice = document.querySelector("[data-part=problem][data-kind=" + name + "]");
    if (twice) twice.setAttribute("hidden", "");
    var shown = document.querySelector("[data-part=readiness-technical]");
    shown.textContent = String(technical) + "\n" + navigator.userAgent;
    show(shown.parentNode);
  }

  /** Calls `done` once with what `ask` answers, or with `silence` after a while. */
  function within(time, silence, ask, done) {
    var isDone = false;
    function answer(fault, technical) {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      done(fault, technical);
    }
    var timer = setTimeout(function () {
      answer(silence, "no answer in " + time + " ms");
    }, time);
    ask(answer);
  }

  function language(answer) {
    var has =
      "noModule" in document.createElement("script") &&
      typeof Promise === "function" &&
      typeof fetch === "function" &&
      typeof TextEncoder === "function" &&
      typeof Element.prototype.append === "function" &&
      typeof Promise.prototype["finally"] === "function" &&
      window.crypto &&
      typeof crypto.getRandomValues === "function";
    answer(has ? null : "old", "language");
  }

  function cookies(answer) {
    answer(navigator.cookieEnabled ? null : "cookies", "navigator.cookieEnabled");
  }

  /** Writes, reads and deletes in a store of its own. */
  function store(answer) {
    function failed(event) {
      answer("store", (event.target && event.target.error) || event);
    }
    try {
      var request = indexedDB.open("minsheng-readiness", 1);
      request.onupgradeneeded = function () {
        request.result.createObjectStore("readiness");
      };
      request.onerror = failed;
      request.onsuccess = function () {
        var transaction;
        try {
          transaction = request.result.transaction("readiness", "readwrite");
          transaction.objectStore("readiness").put("ready", "readiness");
        } catch (error) {
          return answer("store", error);
        }
        transaction.onabort = failed;
        transaction.oncomplete = function () {
          request.result.close();
          answer(null);
        };
      };
    } catch (error) {
      answer("store", error);
    }
  }

  /** Whether a worker starts, and compiles WebAssembly under this service's policy. */
  function worker(answer) {
    if (typeof WebAssembly !== "object") return answer("wasm", "no WebAssembly");
    try {
      var probe = new Worker(box.getAttribute("data-probe"));
      probe.onmessage = function (event) {
        probe.terminate();
        answer(event.data === "ready" ? null : "wasm", event.data);
      };
      probe.onerror = function (event) {
        answer("worker", event.message);
      };
    } catch (error) {
      answer("worker", error);
    }
  }

  var checks = {
    language: [language, "old"],
    cookies: [cookies, "cookies"],
    store: [store, "silent"],
    worker: [worker, "worker"]
  };

  /** One after the other, in the order that the page names them. */
  function run(names) {
    if (names.length === 0) return ready();
    var check = checks[names[0]];
    within(PATIENCE, check[1], check[0], function (fault, technical) {
      if (fault) say(fault, technical);
      else run(names.slice(1));
    });
  }

  /** Everything is there. The page's own script says so by its steps; a page that only asks says it here. */
  function ready() {
    if (word("ready")) {
      word("opening").setAttribute("hidden", "");
      show(word("ready"));
      return;
    }
    setTimeout(function () {
      if (!word("opening").hasAttribute("hidden")) say("not-loaded", "the page's script has not started");
    }, LOADING);
  }

  if (!box) return;
  // A script of ours that could not be fetched or read tells it here, and nowhere else.
  window.addEventListener(
    "error",
    function (event) {
      if (word("opening").hasAttribute("hidden")) return;
      if (event.target && event.target.tagName === "SCRIPT") say("not-loaded", event.target.src);
      else if (event.filename && event.filename.indexOf(location.origin) === 0) say("old", event.message + " " + event.filename);
    },
    true
  );
  if (/MicroMessenger|QQ\/|DingTalk|AlipayClient/.test(navigator.userAgent)) show(word("in-app"));
  run(box.getAttribute("data-checks").split(" "));
})();
