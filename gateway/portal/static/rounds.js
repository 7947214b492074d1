// The crew's page without a network: ticks are kept on the phone and sent when it is back, each under the login of who
// made it alone. The page works without this.
(() => {
  "use strict";
  const KEY = "smartcity-ticks", AGAIN_MS = 20000;
  const said = document.getElementById("queue");
  if (!said) return;
  const say = (words) => { said.textContent = words; said.hidden = !words; };
  const read = () => { try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch { return []; } };
  const mine = () => read().filter((each) => each.who === said.dataset.who);
  const write = (ticks) => localStorage.setItem(KEY, JSON.stringify(ticks));
  const drop = (tick) => write(read().filter((each) => each.request_id !== tick.request_id));
  const item = (stop) => document.querySelector(`[data-stop="${CSS.escape(stop)}"]`);
  const csrf = document.querySelector("form[data-tick] input[name=csrf]");

  const put = (shown, name, words) => {
    const there = shown.querySelector(`[data-${name}]`);
    if (there) { there.textContent = words; there.hidden = !words; }
  };
  const show = (stop, state, words, note = "", why = "") => {
    const shown = item(stop);
    if (!shown) return;
    shown.dataset.state = state;
    const badge = shown.querySelector("[data-badge]");
    badge.textContent = words;
    badge.className = `badge ${{ open: "", done: "good", unreachable: "bad" }[state] ?? "warm"}`;
    const back = shown.querySelector("[data-untick]");
    if (back) back.hidden = state === "open";
    put(shown, "at", "");
    put(shown, "note", note);
    put(shown, "why", why);
  };
  const key = () => [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");
  const fresh = (stop, etag) => item(stop)?.querySelectorAll("form[data-tick]").forEach((form) => {
    form.elements.etag.value = etag;
    form.elements.request_id.value = key();
  });
  // What was typed into a tick that was refused is there again, after a reload too.
  const give = (tick) => item(tick.stop)?.querySelectorAll("[name=note]").forEach((field) => {
    field.value ||= tick.note ?? "";
    if (field.value) field.closest("details").open = true;
  });
  const count = (words) => words.replace("{n}", mine().length);
  const others = () => {
    const kept = read().length - mine().length;
    if (kept) say(said.dataset.another.replace("{n}", kept));
  };

  let busy = false;
  const send = async () => {
    if (busy || !mine().length) return;
    busy = true;
    try {
      for (const tick of mine()) {
        const { address, stop, ...fields } = tick;
        const body = new URLSearchParams({ ...fields, csrf: csrf ? csrf.value : fields.csrf });
        const answer = await fetch(address, { method: "POST", body, headers: { accept: "application/json" } });
        if ([401, 403].includes(answer.status)) return say(said.dataset.login);
        if (answer.status >= 500 || [408, 429].includes(answer.status)) return say(count(said.dataset.waiting));
        const told = await answer.json().catch(() => ({}));
        drop(tick);
        if (answer.ok) {
          show(stop, told.state, told.words, told.note);
          fresh(stop, told.etag);
          say(mine().length ? count(said.dataset.waiting) : said.dataset.sent);
        } else {
          // As it stands now, with what the next tick of it needs; where nobody could tell, as it was sent.
          show(stop, told.state ?? "refused", told.words ?? said.dataset.refused, told.note, told.why);
          if (told.etag) fresh(stop, told.etag);
          give(tick);
          return say(item(stop) ? said.dataset.refused : `${said.dataset.refused} ${told.why ?? ""}`);
        }
      }
    } catch { say(count(said.dataset.waiting)); } finally { busy = false; }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-tick]")) return;
    const fields = Object.fromEntries(new FormData(form));
    const stop = form.closest("[data-stop]").dataset.stop;
    const tick = { ...fields, time: String(Math.floor(Date.now() / 1000)), address: form.action, stop };
    // One tick of a stop waits at most. Said again it is the same; said otherwise it is another, with a key of its own.
    const before = mine().find((each) => each.stop === stop);
    if (before && before.state !== tick.state) tick.request_id = key();
    if (!before || before.state !== tick.state) {
      try { write([...read().filter((each) => each.stop !== stop || each.who !== tick.who), tick]); } catch { return; } // no room: sent as it is
    }
    event.preventDefault();
    show(stop, "kept", said.dataset.kept);
    send();
  });
  mine().forEach((tick) => show(tick.stop, "kept", said.dataset.kept));
  others();
  window.addEventListener("online", send);
  setInterval(send, AGAIN_MS);
  send();
})();
