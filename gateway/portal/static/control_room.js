// The control room as it changes. Parts come made by the server; of them only the rows that differ are put in, so that
// who reads or tabs through a table is not thrown out of it. Without this the page loads itself anew.
(() => {
  "use strict";
  const LOST_MS = 8000, AGAIN_MS = 10000, SAID_MS = 30000;
  const room = document.getElementById("room");
  if (!room || !window.EventSource) return;
  const state = document.getElementById("room-state"), at = document.getElementById("room-at"), said = document.getElementById("room-said");
  let source, heard = performance.now(), over = false, seen = room.dataset.seen;

  // What comes at once is read one after the other: words put in place of others are read instead of them.
  const say = (words) => {
    const line = Object.assign(document.createElement("p"), { textContent: words });
    said.append(line);
    setTimeout(() => line.remove(), SAID_MS);
  };
  const show = (name) => {
    if (room.dataset.state === name) return;
    const before = room.dataset.state;
    room.dataset.state = name;
    state.textContent = room.dataset[`words${name[0].toUpperCase()}${name.slice(1)}`];
    state.className = `badge ${name === "live" ? "good" : "bad"}`;
    if (name !== "live" || before) say(`${state.textContent} ${at.textContent}`);
  };
  const keyed = (within) => new Map([...within.querySelectorAll("[data-key]")].map((row) => [row.dataset.key, row]));
  const rows = (part) => [...part.querySelectorAll("tr[data-key]")];
  const put = (part, html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html").body;
    const before = keyed(part), after = keyed(fresh), active = document.activeElement;
    const row = part.contains(active) ? active.closest("[data-key]") : null, href = row && active.getAttribute("href");
    const place = row ? rows(part).indexOf(row) : -1;
    const differ = (one, other) => [...one].filter(([key]) => !other.has(key)).map(([, row]) => row.dataset.say);
    const come = differ(after, before), gone = differ(before, after);
    const changed = [...after].map(([key, { dataset: { say: now } }]) => (before.has(key) && before.get(key).dataset.say !== now ? now : ""));
    if (before.size && [...before.keys()].join() === [...after.keys()].join()) {
      for (const [key, one] of before) if (one.outerHTML !== after.get(key).outerHTML) one.replaceWith(document.adoptNode(after.get(key)));
    } else part.replaceChildren(...[...fresh.childNodes].map((one) => document.adoptNode(one)));
    if (row && !row.isConnected) {
      const now = [...part.querySelectorAll("[data-key]")].find((one) => one.dataset.key === row.dataset.key);
      const link = now && [...now.querySelectorAll("a")].find((one) => one.getAttribute("href") === href);
      // Where somebody else dealt with it, the keyboard goes on at the row that came in its place, or at the last one.
      const next = rows(part)[place] || rows(part).at(-1), beside = next && (next.querySelector("a") || next);
      const stand = now ? link || now : beside || part.querySelector("[data-key]");
      if (stand) stand.focus({ preventScroll: true });
    }
    return { new: come, changed, gone };
  };

  const follow = () => {
    source = new EventSource(`${room.dataset.live}?${new URLSearchParams({ seen })}`);
    source.addEventListener("part", (event) => {
      const { part, html } = JSON.parse(event.data), place = document.querySelector(`[data-part="${CSS.escape(part)}"]`);
      seen = event.lastEventId;
      if (!place) return;
      for (const [how, rows] of Object.entries(put(place, html))) rows.filter(Boolean).forEach((row) => say(`${room.dataset[how]} ${row}.`));
    });
    source.addEventListener("entry", (event) => {  // of the dispatchers' journal: each comes once, in order
      const { text, href } = JSON.parse(event.data), log = document.getElementById("room-log");
      seen = event.lastEventId;
      if (!log) return;
      const line = document.createElement("li"), words = document.createElement(href ? "a" : "span");
      words.textContent = text;
      if (href) words.setAttribute("href", href);
      line.append(words);
      log.prepend(line);
      while (log.children.length > Number(log.dataset.most)) log.lastElementChild.remove();
      say(text);
    });
    source.addEventListener("at", (event) => {
      heard = performance.now();
      at.textContent = JSON.parse(event.data);
      show("live");
    });
    source.addEventListener("over", () => { over = true; source.close(); show("over"); });
    source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED && !over) setTimeout(follow, AGAIN_MS); });
  };
  setInterval(() => { if (!over && performance.now() - heard > LOST_MS) show("lost"); }, 1000);
  follow();
})();
