// A scrutineer's device in the ceremony by which scrutineers make one key together: it keeps what it has made before it sends it,
// sends it once, and goes on only from messages that stand in the public record.

import { ballot, seed } from "./ballot-module.js";
import { keepFirst, keys, read, write } from "./device-store.js";
import { askToLast } from "./lasting.js";
import { fill, onPress, part, showProblem, showStep } from "./page-parts.js";
import { Word } from "./problem.js";
import { fetchPollRecord } from "./public-record.js";
import { fetchObject, isPassing, send } from "./service.js";

const ROUNDS = ["certificate", "commitment", "polynomial", "acknowledgement"];
const PATIENCE = 3000;

/** The ceremony of one person on this device. */
export class KeyCeremony {
  constructor(api, owner, page, poll) {
    Object.assign(this, { api, owner, page, poll });
    this.own = Number(page.dataset.number);
    onPress(part("begin-ceremony"), () => this.begin());
    onPress(part("check-code"), () => this.checkCode());
    onPress(part("recover"), () => this.recover());
  }

  get attempt() {
    return this.poll.ceremony.attempt;
  }

  /** How many rounds are complete. */
  get complete() {
    const { round } = this.poll.ceremony;
    return round === null ? ROUNDS.length : ROUNDS.indexOf(round);
  }

  /** Where this device keeps what it has made in a round. */
  place(round) {
    return keys.ceremony(this.owner, this.poll.id, this.attempt, round);
  }

  kept(round) {
    return read(this.place(round));
  }

  /** Whether the service has this person's message of a round. */
  hasSent(round) {
    if (round !== this.complete) return round < this.complete;
    return !this.poll.ceremony.awaited.includes(this.own);
  }

  /** Goes as far as the messages of the others allow, and waits for them. */
  async run() {
    for (;;) {
      const goesOn = await this.step().catch((error) => {
        // A network that is gone for a while is nothing to stop at.
        if (!isPassing(error)) throw error;
        return true;
      });
      if (!goesOn) return;
      await new Promise((resolve) => setTimeout(resolve, PATIENCE));
      await this.refresh();
    }
  }

  async refresh() {
    try {
      const poll = await fetchObject(this.api);
      // What follows is another part of the page.
      if (poll.state !== "rules_adopted") return location.reload();
      const isAgain = poll.ceremony.attempt !== this.attempt;
      this.poll = poll;
      if (isAgain) this.shown = "";
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
  }

  /** One look at how things stand; answers whether to look again. */
  async step() {
    const first = await this.kept(0);
    if (!first) {
      this.show(this.hasSent(0) ? "ceremony-elsewhere" : "ceremony");
      return this.hasSent(0);
    }
    if (!first.given_back && !this.hasSent(0)) {
      fill("recovery-code", first.passphrase);
      this.show("ceremony-code");
      return false;
    }
    const done = await read(keys.trustee(this.owner, this.poll.keys_of));
    if (done && done.attempt === this.attempt) return this.showDone(done);
    let round = 0;
    while (round + 1 < ROUNDS.length && (await this.kept(round + 1))) round += 1;
    await this.deliver(round);
    this.showWaiting();
    if (round < this.complete) await this.proceed(round, first);
    return true;
  }

  /** Takes a place: what is made is kept, and its code is written down, before anything is sent. */
  async begin() {
    askToLast();
    const { threshold, trustees } = this.poll;
    const place = { poll: this.poll.election_uuid, size: trustees.length, threshold, index: this.own };
    const made = JSON.parse(await ballot("ceremony_start", JSON.stringify(place), seed()));
    await keepFirst(this.place(0), { ...made, setting: place });
    await this.run();
  }

  /** The code on paper is the one that this device has made: typed again as it was read. */
  async checkCode() {
    const first = await this.kept(0);
    const typed = part("code-again").value.replace(/[\s-]/g, "");
    if (typed !== first.passphrase) throw new Word(this.page.dataset.otherCode);
    part("code-again").value = "";
    await write(this.place(0), { ...first, given_back: true });
    fill("recovery-code", "");
    this.run().catch(showProblem);
  }

  /** Sends what was made in a round; the same again changes nothing. */
  async deliver(round) {
    if (this.hasSent(round)) return;
    const { message } = await this.kept(round);
    const sent = { attempt: this.attempt, round: ROUNDS[round], message };
    await send(`${this.api}/ceremony`, JSON.stringify(sent));
    this.poll.ceremony.awaited = this.poll.ceremony.awaited.filter((one) => one !== this.own);
  }

  /** From all messages of a round, as the record has them, to what this device makes of them. */
  async proceed(round, first) {
    const rounds = await this.recorded();
    if (rounds.length <= round) return;
    const messages = JSON.stringify(rounds[round]);
    const { state } = await this.kept(round);
    const made = await this.made(round, state, messages, first.passphrase);
    if (!made.accepted) {
      await this.complain(made);
      return this.refuse(made);
    }
    if (round + 1 < ROUNDS.length) {
      await keepFirst(this.place(round + 1), { state: made.state, message: made.message });
      return this.deliver(round + 1);
    }
    const { private_key, trustees, print } = made;
    const key = { private_key, trustees, print, attempt: this.attempt };
    await write(keys.trustee(this.owner, this.poll.keys_of), key);
    // The paper has the code: what is kept here is of no use to anybody any more.
    await write(this.place(0), { given_back: true, message: first.message });
  }

  async made(round, state, messages, passphrase) {
    switch (round) {
      case 0:
        return JSON.parse(await ballot("ceremony_commit", state, messages, seed()));
      case 1:
        return JSON.parse(await ballot("ceremony_reveal", state, messages));
      case 2:
        return JSON.parse(await ballot("ceremony_acknowledge", state, messages, seed()));
      default:
        return JSON.parse(await ballot("ceremony_finish", state, messages, passphrase));
    }
  }

  /** The rounds that are complete in the public record, of this very ceremony. */
  async recorded() {
    const { ceremony } = await fetchPollRecord(this.api, this.poll);
    const { size, threshold } = ceremony || {};
    const isThis =
      ceremony &&
      ceremony.attempt === this.attempt &&
      size === this.poll.trustees.length &&
      threshold === this.poll.threshold;
    if (!isThis) throw new Word(this.page.dataset.otherCeremony);
    return ceremony.rounds;
  }

  /** A bad share is published, so that everybody sees whose fault it is; once, whatever the answer. */
  async complain({ complaint }) {
    if (!complaint || this.complained === this.attempt) return;
    await send(`${this.api}/ceremony/complaint`, JSON.stringify({ attempt: this.attempt, complaint }));
    this.complained = this.attempt;
  }

  /** A message of somebody is not what it should be: by whose fault, everybody must hear. */
  refuse({ trustee, reason, complaint }) {
    const named = this.poll.trustees.find((one) => one.index === trustee);
    fill("ceremony-blamed", named ? named.name : "");
    fill("ceremony-reason", reason);
    fill("ceremony-complaint", complaint || "");
    part("ceremony-complaint").closest("details").hidden = !complaint;
    this.show("ceremony-refused");
  }

  showWaiting() {
    if (this.shown === "ceremony-refused") return;
    const { round, awaited } = this.poll.ceremony;
    const names = this.poll.trustees.filter((one) => awaited.includes(one.index)).map((one) => one.name);
    fill("awaited", names.join(this.page.dataset.separator));
    for (const item of document.querySelectorAll("[data-round]")) {
      item.classList.toggle("good", ROUNDS.indexOf(item.dataset.round) < this.complete);
      item.classList.toggle("now", item.dataset.round === round);
    }
    this.show("ceremony-wait");
  }

  showDone(key) {
    if (this.complete < ROUNDS.length) throw new Word(this.page.dataset.otherCeremony);
    fill("key-print", key.print);
    this.show("ceremony-done");
    return true;
  }

  /** Shows a step once: somebody may be reading or typing. */
  show(name) {
    if (this.shown === name) return;
    this.shown = name;
    showStep(name);
  }

  /** The key of a lost device again, from its code on paper and what the record has of the ceremony. */
  async recover() {
    const code = part("recover-code").value.replace(/[\s-]/g, "");
    const { ceremony } = await fetchPollRecord(this.api, this.poll);
    if (!ceremony || ceremony.rounds.length < ROUNDS.length) throw new Word(this.page.dataset.notMade);
    const { size, threshold, attempt } = ceremony;
    const place = JSON.stringify({ poll: this.poll.election_uuid, size, threshold, index: this.own });
    const lists = ceremony.rounds.map((messages) => JSON.stringify(messages));
    const found = await ballot("ceremony_recover", place, ...lists.slice(0, 3), code).catch(() => "{}");
    const { accepted, private_key } = JSON.parse(found);
    if (!accepted) throw new Word(this.page.dataset.wrongCode);
    const checked = JSON.parse(await ballot("ceremony_check", place, ...lists));
    if (!checked.accepted) throw new Word(this.page.dataset.otherCeremony, checked.reason);
    const { trustees, print } = checked;
    await write(keys.trustee(this.owner, this.poll.keys_of), { private_key, trustees, print, attempt });
    part("recover-code").value = "";
    location.reload();
  }
}
