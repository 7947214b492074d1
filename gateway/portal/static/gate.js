// A gate on a phone: judged by the platform while there is a connection, else by the list that was taken along.
(() => {
  "use strict";
  const one = (id) => document.getElementById(id);
  const box = one("offline"), AGAIN_MS = 60000;
  if (!box) return;
  const { base, gate, csrf, prefix } = box.dataset, minutes = Number(box.dataset.minutes);
  const kept = `gate:${gate}`, since = `${kept}:since`;
  const list = { head: null, types: [], tickets: new Map(), keys: [], verified: null }, changed = new Map();
  let queue = [], going = null, refused = false, failed = 0, unanswered = null, unkept = false, amiss = 0;

  // What is kept on the phone, so that closing the page loses nothing: the list, which is large, when it comes and when
  // all is uploaded; with each scan only those that are not uploaded, and the tickets that are not as that list has them.
  const put = (key, value) => {
    try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; }
  };
  const keep = () => {
    const write = () => put(since, { queue, changed: [...changed] });
    // What was let in matters more than the list, which can be taken along again.
    if (!write()) { unkept = true; localStorage.removeItem(kept); write(); }
    tell();
  };
  const keepList = () => {
    changed.clear();
    unkept = !put(kept, { head: list.head, types: list.types, keys: list.keys, verified: list.verified, tickets: [...list.tickets] });
    if (unkept) localStorage.removeItem(kept);
    keep();
  };
  const recall = () => {
    const read = (key) => { try { return JSON.parse(localStorage.getItem(key)) || {}; } catch { return {}; } };
    const found = read(kept), later = read(since);
    queue = [...(found.queue || []), ...(later.queue || [])];  // a page of the version before kept it with the list
    if (found.head) {
      const { head, types, keys, verified } = found;
      Object.assign(list, { head, types, keys, verified, tickets: new Map([...(found.tickets || []), ...(later.changed || [])]) });
    }
    for (const [code, ticket] of later.changed || []) changed.set(code, ticket);
    if (found.queue) keepList();
    tell();
  };
  const tell = () => {
    const said = one("list-state"), waits = one("queue-state");
    const made = list.head && new Date(list.head.made * 1000).toLocaleTimeString();
    const how = list.verified === false ? said.dataset.bad : list.verified === null && list.head ? said.dataset.unchecked : "";
    const full = unkept ? said.dataset.unkept : "";
    said.textContent = [list.head ? `${said.dataset.has} ${list.tickets.size} (${made})` : said.dataset.none, how, full].filter(Boolean).join(" ");
    const gone = amiss ? `${waits.dataset.amiss} ${amiss}` : waits.dataset.empty;
    waits.textContent = queue.length ? `${waits.dataset.waiting} ${queue.length}` : gone;
  };

  // Ed25519 by WebCrypto, where the browser has it; null where it cannot tell.
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  const signed = async (keys, signature, text) => {
    if (!(window.crypto && crypto.subtle)) return null;
    for (const raw of keys) {
      try {
        const key = await crypto.subtle.importKey("raw", bytes(raw), { name: "Ed25519" }, false, ["verify"]);
        if (await crypto.subtle.verify({ name: "Ed25519" }, key, bytes(signature), new TextEncoder().encode(text))) return true;
      } catch (error) {
        if (error.name === "NotSupportedError") return null;
      }
    }
    return false;
  };

  // What the platform says. Where it is out of order for now, that is as if there were no connection; what it refuses
  // is told as it is, for nobody may be let in because a login has ended.
  class Refused extends Error {
    constructor(status) {
      super(String(status));
      this.verdict = [401, 403].includes(status) ? "no_login" : "not_taken";
    }
  }
  const read = (answer) => {
    if (answer.ok) return answer.json();
    throw answer.status >= 500 || answer.status === 429 ? new Error(String(answer.status)) : new Refused(answer.status);
  };
  const word = (verdict) => document.querySelector(`#words [data-verdict="${verdict}"]`);
  const refusal = (error) => {
    if (error.verdict === "no_login") one("again").hidden = false;
    return word(error.verdict).textContent;
  };

  const take = async () => {
    const said = one("list-state"), fresh = { head: null, types: [], tickets: new Map(), keys: [], verified: true };
    await send();
    try {
      for (let token = ""; token !== null;) {
        const answer = await fetch(`${base}/daftar?token=${encodeURIComponent(token)}`, { credentials: "same-origin" });
        const page = await read(answer);
        const good = await signed(page.keys, page.signature, page.text);
        fresh.keys = page.keys;
        fresh.verified = good === null ? null : fresh.verified && good;
        fresh.types = [];
        for (const line of page.text.split("\n")) {
          const part = line.split(" ");
          if (part[0] === "SCL1") fresh.head = { first: part[3], last: part[4], early: Number(part[5]), made: Number(part[6]), night: Number(part[7] || 0) };
          else if (part[0] === "T") fresh.types[Number(part[1])] = [part[2], part[3]];
          else if (part.length === 5) fresh.tickets.set(part[0], { generation: Number(part[1]), type: Number(part[2]), days: part[3] === "-" ? [] : part[3].split(","), inside: part[4] === "1" });
        }
        token = page.next || null;
      }
    } catch (error) {
      said.textContent = error instanceof Refused ? refusal(error) : said.dataset.away;
      return;
    }
    if (fresh.verified === false) { said.textContent = said.dataset.bad; return; }
    Object.assign(list, fresh);
    // The platform has not heard of what waits, so its list does not know it either.
    for (const one of queue) await judge(one.shown, one.exit, new Date(one.time * 1000));
    keepList();
  };

  // The platform's own rules, for one gate: codes, days, once or daily, coming in again.
  const local = (at) => new Date(at.getTime() + minutes * 60e3).toISOString().slice(0, 10);
  const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  // A typed code as the list has it, forgiven what the platform forgives: case, blanks, hyphens, letters that look alike.
  const plain = (text, prefix) => {
    const given = text.replace(/[\s\-‐‑–_.]/g, "").toUpperCase();
    if (!given.startsWith(prefix)) return "";
    return prefix + given.slice(prefix.length).replace(/O/g, "0").replace(/[IL]/g, "1");
  };
  const dayOf = (text) => new Date(text).toLocaleDateString(document.documentElement.lang, { timeZone: "UTC", dateStyle: "medium" });
  // A time as pages write it: 1 Desember 2026, 14.30.
  const moment = (at) => {
    const there = new Date(at.getTime() + minutes * 60e3), id = document.documentElement.lang === "id";
    const day = there.toLocaleDateString(id ? "id" : "en-GB", { timeZone: "UTC", dateStyle: "long" });
    return `${day}, ${there.toISOString().slice(11, 16).replace(":", id ? "." : ":")}`;
  };
  const range = ({ first, last }) => [...new Set([first, last])].map(dayOf).join(" – ");
  const judge = async (text, exit, now = new Date()) => {
    if (!list.head) return { verdict: "no_list" };
    let code = "", generation = null;
    if (text.startsWith("SCT1.")) {
      const part = text.split(".");
      const good = part.length === 6 ? await signed(list.keys, part[5], part.slice(0, 5).join(".")) : false;
      if (good === false) return { verdict: "forged" };
      [, code, generation] = [part[0], part[1], Number(part[2])];
    } else {
      if (text.includes("://") || plain(text, box.dataset.orders)) return { verdict: "no_ticket" };
      [code, generation] = [plain(text, prefix), 1];
      if (!code || [...code.slice(prefix.length)].some((each) => !alphabet.includes(each))) return { verdict: "mistyped" };
    }
    const ticket = list.tickets.get(code);
    if (!ticket) return { verdict: "unknown", code };
    if (generation !== ticket.generation) return { verdict: "superseded", code };
    let day = local(now);
    if (day < list.head.first && now.getTime() / 1000 >= list.head.early) day = list.head.first;
    // After midnight it is the evening before, for as long as the list says: what began then goes on.
    else if (day > list.head.first && day <= list.head.last) {
      const evening = local(new Date(now.getTime() - (list.head.night || 0) * 3600e3));
      day = evening < list.head.first ? list.head.first : evening;
    }
    if (day < list.head.first || day > list.head.last) return { verdict: "other_day", code, before: box.dataset.days.replace("{days}", range(list.head)) };
    if (exit) { ticket.inside = false; changed.set(code, ticket); return { verdict: "left", code }; }
    const [admission, reentry] = list.types[ticket.type];
    const today = ticket.days.includes(day), ever = ticket.days.length > 0, before = ticket.at || (ever && dayOf(ticket.days.at(-1)));
    let verdict = "used";
    if (!ever || (admission === "daily" && !today)) verdict = "admitted";
    else if (today && (reentry === "free" || (reentry === "after_exit" && !ticket.inside))) verdict = "readmitted";
    if (verdict !== "used") {
      Object.assign(ticket, { inside: true, at: moment(now) });
      if (!today) ticket.days.push(day);
      changed.set(code, ticket);
    }
    return { verdict, code, before: before ? box.dataset.before.replace("{time}", before) : "" };
  };

  const show = ({ verdict, code, type, before }, text, typed) => {
    // What was typed and nobody could read stays, to be compared and mended; what a camera saw is only told.
    const amiss = ["mistyped", "no_ticket"].includes(verdict) ? text : "", field = one("kode");
    if (amiss && typed && !field.value) { field.value = amiss; field.select(); }
    const said = word(verdict), good = Boolean(said && "good" in said.dataset);
    const panel = one("verdict");
    panel.hidden = false;
    panel.dataset.verdict = verdict;
    panel.className = `note ${good ? "good" : "bad"}`;
    one("said").textContent = said ? said.textContent : verdict;
    one("what").textContent = [[code || amiss, type].filter(Boolean).join(" "), before].filter(Boolean).join(" · ");
    if (navigator.vibrate) navigator.vibrate(good ? 80 : [80, 60, 80]);
  };

  const name = () => [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");
  const post = async (scans, offline) => {
    const body = new URLSearchParams({ csrf, request_id: name(), scans: JSON.stringify(scans), offline: offline ? "yes" : "" });
    const answer = await fetch(`${base}/unggah`, { method: "POST", body, credentials: "same-origin", signal: AbortSignal.timeout(offline ? 20000 : 3000) });
    return (await read(answer)).results;
  };

  const MOVED = ["admitted", "readmitted", "left"], KNOWN = [...MOVED, "used"];
  const scan = async (text, typed = false) => {
    const exit = document.querySelector("input[name=arah]:checked").value === "keluar";
    // Shown again since no answer came, it is the same scan: the platform may have let it in, and says so once more.
    const again = unanswered && unanswered.shown === text && unanswered.exit === exit;
    const shown = { scan: again ? unanswered.scan : name(), shown: text, time: Math.floor(Date.now() / 1000), exit };
    const alone = (result) => {
      if (MOVED.includes(result.verdict)) {
        queue.push(shown);
        if (unanswered && unanswered.scan === shown.scan) unanswered = null;  // here it is known
        keep();
      }
      show(result, text, typed);
    };
    if (queue.length && !(await heard())) {
      const result = await judge(text, exit);
      if (KNOWN.includes(result.verdict)) { alone(result); return; }
    }
    try {
      const [result] = await post([shown], false);
      unanswered = null;
      if (["admitted", "readmitted"].includes(result.verdict)) one("today").textContent = Number(one("today").textContent) + 1;
      // The list goes along, for the moment when the connection is gone.
      if (MOVED.includes(result.verdict)) { await judge(text, exit); keep(); }
      show(result, text, typed);
    } catch (error) {
      if (error instanceof Refused) { refusal(error); show({ verdict: error.verdict }); return; }
      unanswered = shown;
      alone(await judge(text, exit));
    }
  };

  const upload = async () => {
    const said = one("queue-state");
    if (queue.length) amiss = 0;  // what was amiss is said until there is more to say, or somebody has read it
    refused = false;
    try {
      for (let part = queue.slice(0, 100); part.length; part = queue.slice(0, 100)) {
        amiss += (await post(part, true)).filter((each) => each.amiss).length;
        queue = queue.slice(part.length);
        keepList();
      }
    } catch (error) {
      refused = error instanceof Refused;
      if (refused) said.textContent = `${said.dataset.waiting} ${queue.length}. ${refusal(error)}`;
    }
  };
  // One at a time: two would both take the same part off the queue, and the second the next one unsent.
  const send = () => going || (going = upload().finally(() => { going = null; }));
  // Whether the platform has heard of all that was let in: else it would let that in once more. Somebody stands there,
  // so it has three seconds, and ten of peace where it did not answer; what it refuses, it says of the next one too.
  const heard = async () => {
    if (Date.now() - failed > 10000) {
      await Promise.race([send(), new Promise((done) => setTimeout(done, 3000))]);
      failed = queue.length && !refused ? Date.now() : 0;
    }
    return !queue.length || refused;
  };

  one("scan-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = one("kode"), text = field.value.trim();
    field.value = "";
    field.focus();
    if (text) scan(text, true);
  });
  one("take").addEventListener("click", take);
  one("send").addEventListener("click", () => { amiss = 0; tell(); send(); });
  window.addEventListener("online", send);
  // A platform that was out of order tells nobody when it is back.
  setInterval(() => { if (queue.length && !refused && navigator.onLine) send(); }, AGAIN_MS);

  // The camera: read by the browser, or by the decoder that is loaded when the camera is used first.
  const button = one("camera"), view = one("view");
  const loaded = () => new Promise((done, failed) => {
    const script = document.createElement("script");
    Object.assign(script, { src: button.dataset.decoder, onload: done, onerror: failed });
    document.head.append(script);
  });
  const reader = async () => {
    const native = "BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats().catch(() => []));
    if (native && native.includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async () => ((await detector.detect(view).catch(() => []))[0] || {}).rawValue;
    }
    if (!window.jsQR) await loaded();
    const drawn = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    return async () => {
      const scale = Math.min(1, 640 / view.videoWidth), width = Math.round(view.videoWidth * scale), height = Math.round(view.videoHeight * scale);
      if (!width || !height) return "";
      Object.assign(drawn.canvas, { width, height });
      drawn.drawImage(view, 0, 0, width, height);
      return (jsQR(drawn.getImageData(0, 0, width, height).data, width, height, { inversionAttempts: "dontInvert" }) || {}).data;
    };
  };
  const sight = async () => {
    const said = one("camera-state");
    said.textContent = "";
    try {
      if (!navigator.mediaDevices) throw new DOMException("", "NotFoundError");
      view.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      const seen = await reader();
      view.hidden = false;
      button.hidden = true;
      await view.play();
      let last = "", since = 0;
      const look = async () => {
        const found = await seen();
        if (found && (found !== last || Date.now() - since > 5000)) {
          [last, since] = [found, Date.now()];
          await scan(found);
        }
        setTimeout(look, 200);
      };
      look();
    } catch (error) {
      const why = error.name === "NotAllowedError" ? "denied" : error.name ? "none" : "undecoded";
      said.textContent = said.dataset[window.isSecureContext ? why : "insecure"];
    }
  };
  button.addEventListener("click", sight);

  // This page is kept on the phone, so that it is there when the phone is started anew without a connection.
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(`${base}/penjaga.js`, { scope: base }).catch(() => {});
  recall();
  // What an earlier opening of this page kept is uploaded now: the browser tells of a connection only when it changes.
  if (navigator.onLine) send();
})();
