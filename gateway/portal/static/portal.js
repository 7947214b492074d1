// What the pages gain with JavaScript. Every one of them works without.
(() => {
  "use strict";
  const nonce = document.currentScript.nonce;
  const root = document.documentElement;
  root.classList.add("js");
  // Younger than some of the phones that come here, and all that asks for something gives up some time.
  if (!AbortSignal.timeout) AbortSignal.timeout = (milliseconds) => {
    const all = new AbortController();
    setTimeout(() => all.abort(), milliseconds);
    return all.signal;
  };
  const one = (id) => document.getElementById(id);
  const on = (selector, event, act) => document.querySelectorAll(selector).forEach((each) => each.addEventListener(event, (e) => act(each, e)));

  // A page that answers a form stands where the form stood: Back and reloading show that one, and ask to send nothing again.
  if ("answers" in root.dataset && document.referrer.startsWith(`${location.origin}/`)) history.replaceState(null, "", document.referrer);

  // Sending twice does nothing on the server (idempotency key); this only spares the wait.
  on("form[data-once]", "submit", (form, event) => {
    if (form.dataset.sent && Date.now() - form.dataset.sent < 8000) event.preventDefault();
    else form.dataset.sent = Date.now();
  });
  // Back may show the page as it was left, sent forms included.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-once]").forEach((form) => delete form.dataset.sent));
  // Who logs out leaves nothing of a gate on the phone but what is still to be uploaded.
  const forget = async () => {
    for (const one of await caches.keys()) if (one.startsWith("gate ")) await caches.delete(one);
    for (const one of await navigator.serviceWorker.getRegistrations()) if (one.scope.includes("/petugas/gerbang/")) await one.unregister();
    for (const [name, text] of Object.entries(localStorage)) {
      if (!name.startsWith("gate:")) continue;
      const { queue } = JSON.parse(text);
      if (queue && queue.length) localStorage.setItem(name, JSON.stringify({ queue }));
      else localStorage.removeItem(name);
    }
  };
  on("form[action='/auth/logout']", "submit", async (form, event) => {
    if (!("caches" in window && "serviceWorker" in navigator)) return;
    event.preventDefault();
    await forget().catch(() => {});
    form.submit();
  });
  // So does who has no login any more, however it ended, at the next page they see.
  const away = !document.querySelector("form[action='/auth/logout']") && "caches" in window && "serviceWorker" in navigator;
  if (away && Object.keys(localStorage).some((name) => name.startsWith("gate:"))) forget().catch(() => {});
  on("[data-print]", "click", () => window.print());
  on("[data-copy]", "click", async (button) => {
    await navigator.clipboard.writeText(one(button.dataset.copy).textContent);
    button.textContent = button.dataset.done;
  });
  // What is wrong leads to its field, which the server leaves to this where a page has several forms with like fields.
  document.querySelectorAll("#problem li[data-field]").forEach((line, place) => {
    const name = CSS.escape(line.dataset.field);
    const field = document.querySelector(`[name="${name}"][aria-invalid], [data-wrong="${name}"] :is(input, select, textarea):not([type=hidden])`);
    if (!field) return;
    field.id ||= `wrong-${place}`;
    line.replaceChildren(Object.assign(document.createElement("a"), { href: `#${field.id}`, textContent: line.textContent }));
  });
  // Photos: what would not be taken is said before it is sent.
  const sieve = (input) => {
    const { most, bytes, many, large } = input.dataset;
    const fit = [...input.files].filter((file) => file.size <= Number(bytes));
    const said = [...input.files].filter((file) => !fit.includes(file)).map((file) => `${file.name}: ${large}`);
    if (fit.length > Number(most)) said.push(many);
    const kept = new DataTransfer();
    fit.slice(0, Number(most)).forEach((file) => kept.items.add(file));
    input.files = kept.files;
    input.parentElement.querySelector("[role=status]").textContent = said.join(" ");
    return said;
  };
  document.addEventListener("change", async ({ target: input }) => {
    if (!input.matches("input[type=file][data-most]")) return;
    const said = sieve(input), box = one("photo-box"), sent = input.files.length;
    if (!box || !box.contains(input) || !input.files.length) return;
    const status = one("photos-said"), body = new FormData();
    status.textContent = [...said, input.dataset.keep].join(" ");
    for (const [name, value] of new FormData(input.form)) if (typeof value === "string") body.append(name, value);
    body.append("go", "photos");
    [...input.files].forEach((file) => body.append("photos", file));
    try {
      const answer = await fetch(input.form.action, { method: "POST", body });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("photo-box");
      if (!fresh) throw new Error(answer.status);
      // Who has gone on meanwhile stays there; and words that come with their place are not read.
      const held = box.contains(document.activeElement) || document.activeElement === document.body;
      const refused = fresh.querySelector(".error"), kept = input.dataset.kept.replace("{n}", sent);
      box.replaceWith(document.adoptNode(fresh));
      if (held) one("photos").focus();
      setTimeout(() => { one("photos-said").textContent = [refused ? refused.textContent : kept, ...said].join(" "); }, 200);
    } catch {
      status.textContent = [...said, input.dataset.lost].join(" ");
    }
  });
  // Words of danger, while they are typed: the number to call, in sight at once.
  const danger = document.querySelector("[data-danger]");
  if (danger) {
    const phrases = danger.dataset.danger.split("|");
    on("#text", "input", ({ value }) => {
      const plain = ` ${value.toLowerCase().replace(/[^a-z0-9]+/g, " ").replace(/([a-z]{3,})nya\b/g, "$1")} `;
      if (phrases.some((phrase) => plain.includes(` ${phrase} `))) one("emergency").hidden = false;
    });
  }
  on("#other_category", "change", (select) => {
    const other = document.querySelector("input[name=category][value=other]");
    if (other && select.value) other.checked = true;
  });
  on("input[name=category]:not([value=other])", "change", () => { if (one("other_category")) one("other_category").value = ""; });

  // A page that loads itself anew: the keyboard goes on where it was, or at its news, where they are others.
  const ANEW = "anew", news = () => document.querySelector("[data-news]");
  const where = (active) => {
    const form = active.closest("form[id]"), href = active.getAttribute("href");
    return active.id ? `#${CSS.escape(active.id)}` : form ? `#${CSS.escape(form.id)} button` : href ? `a[href="${CSS.escape(href)}"]` : "";
  };
  window.cityAnew = (to) => {
    const before = { at: where(document.activeElement), said: news()?.textContent };
    try { sessionStorage.setItem(ANEW, JSON.stringify(before)); } catch { /* it begins at the top, then */ }
    if (to) location.replace(to);
    else location.reload();
  };
  try {
    const before = JSON.parse(sessionStorage.getItem(ANEW));
    sessionStorage.removeItem(ANEW);
    const told = before && before.said !== news()?.textContent;
    const there = told ? news() || document.querySelector("h1") : before && before.at && document.querySelector(before.at);
    if (there && told) there.tabIndex = -1;
    if (there) there.focus({ preventScroll: true });
  } catch { /* this browser keeps nothing */ }

  // A payment that somebody waits for: shown anew when the bank's word comes, and when its time is up.
  const payment = one("payment");
  const showAgain = () => window.cityAnew(payment.dataset.page);
  if (payment && payment.dataset.events) {
    const source = new EventSource(payment.dataset.events);
    source.addEventListener("payment", (event) => {
      const told = JSON.parse(event.data), { state, stopped, aside } = payment.dataset, came = told.put_aside ?? [];
      const released = came.filter((each) => each.state === "released").length;
      if (told.state === state && String(told.payee_stopped ?? false) === stopped && `${came.length}/${released}` === aside) return;
      source.close();
      showAgain();
    });
    source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) setTimeout(showAgain, 5000); });
  }
  const countdown = one("countdown");
  if (countdown) {
    const end = performance.now() + 1000 * countdown.dataset.seconds;
    const tick = () => {
      const seconds = Math.max(0, Math.round((end - performance.now()) / 1000));
      countdown.textContent = `(${countdown.dataset.left} ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")})`;
      setTimeout(seconds ? tick : showAgain, 1000);
    };
    tick();
  }
  // A clock that goes on as the server's: on a picture of the page it stands still.
  document.querySelectorAll("[data-clock]").forEach((clock) => {
    const since = Date.parse(clock.dataset.clock) - performance.now();
    const told = new Intl.DateTimeFormat(root.lang === "id" ? "id" : "en-GB", { timeZone: clock.dataset.zone, timeStyle: "medium" });
    const tick = () => { clock.textContent = told.format(since + performance.now()); };
    setInterval(tick, 1000);
  });
  if (one("receipt-soon")) setTimeout(showAgain, 2000);

  // What goes on in the background is looked at again.
  const again = document.querySelector("[data-again]");
  if (again) setTimeout(() => window.cityAnew(again.dataset.page), 1000 * again.dataset.again);

  // Where it is: the phone's position or a point on the map goes into two hidden fields, or into one that shows it.
  const setPlace = (lon, lat, words) => {
    const into = document.querySelector("[data-into]")?.dataset, point = one(into?.into ?? "point"), [x, y] = [lon, lat].map((each) => (each === "" ? "" : each.toFixed(6)));
    if (into) point.value = x ? `${into.called} (${y},${x})` : point.value;
    else if (point) point.value = x && `${y}, ${x}`;
    else [one("lon").value, one("lat").value] = [x, y];
    one("place-said").textContent = words;
    if (one("forget-place")) one("forget-place").hidden = lon === "";
  };
  on("#forget-place", "click", () => setPlace("", "", ""));
  on("[data-locate]", "click", (button) => {
    one("place-said").textContent = button.dataset.busy;
    const failed = () => setPlace("", "", button.dataset.failed);
    if (!navigator.geolocation) return failed();
    navigator.geolocation.getCurrentPosition(
      (found) => setPlace(found.coords.longitude, found.coords.latitude, button.dataset.found),
      failed, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  });

  // The live map, fetched only when somebody opens it.
  const load = (tag, attributes) => new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), attributes, { onload: resolve, onerror: reject });
    element.nonce = nonce;
    document.head.append(element);
  });
  on("[data-map]", "click", async (button) => {
    button.disabled = true;
    const { areas, script, drawing, style } = button.dataset;
    try {
      const [, , , answer] = await Promise.all([
        load("link", { rel: "stylesheet", href: style }), load("script", { src: script }), load("script", { src: drawing }), fetch(areas)]);
      await window.cityMap(button, await answer.json(), setPlace);
      button.hidden = true;
    } catch { button.disabled = false; }
  });
})();
