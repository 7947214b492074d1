// A crew's phone says where it is while this page is open, and loads the page anew when something changed on it.
(() => {
  "use strict";
  const EVERY_MS = 20000, AGAIN_MS = 30000, CALM_MS = 5000, CHOOSING_MS = 60000, SENDING_MS = 60000;
  // While nobody looks at it, or somebody has chosen a unit, it stays as it is; for a minute, lest a job goes unseen. What
  // merely has the keyboard, as the link to the map that was tapped, holds nothing up.
  const choice = document.getElementById("code"), stood = choice && choice.value;
  let chosen = 0;
  if (choice) choice.addEventListener("change", () => { chosen = Date.now(); });
  const choosing = () => choice && choice.value !== stood && Date.now() - chosen < CHOOSING_MS;
  // Nor does anything cut off what was tapped, while it may be on its way.
  let tapped = -SENDING_MS;
  document.addEventListener("submit", ({ defaultPrevented: held }) => { if (!held) tapped = Date.now(); });
  const sending = () => Date.now() - tapped < SENDING_MS;
  const unit = document.getElementById("unit"), said = document.getElementById("unit-told");
  // What a page tells, without what differs each time that it is made.
  const shows = (body) => {
    const one = body.cloneNode(true);
    one.querySelectorAll("input[type=hidden], script, noscript, #unit-told").forEach((each) => each.remove());
    one.querySelectorAll("[data-csrf]").forEach((each) => ["data-csrf", "data-stale"].forEach((name) => each.removeAttribute(name)));
    return one.innerHTML;
  };
  const shown = shows(document.body);
  // What is shown stays until another page is there to come in its place: in a dead spot, or while the city does not answer,
  // the browser would put its own there, which does not look again. What tells the same is left as it is.
  const anew = async (may) => {
    if (sending() || !may()) return;
    try {
      const answer = await fetch(location.href, { redirect: "manual", signal: AbortSignal.timeout(15000) });
      if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html"), now = fresh.getElementById("unit");
      if (sending() || !may()) return;
      if (shows(fresh.body) !== shown) return window.cityAnew();
      if (now) unit.dataset.stale = now.dataset.stale;
      if (now) said.textContent = fresh.getElementById("unit-told").textContent;
    } catch { if (said) said.textContent = unit.dataset.stale; }
  };
  setInterval(() => anew(() => !document.hidden && !choosing()), AGAIN_MS);
  if (!unit || !navigator.geolocation) return;
  // A server of before, which answers while others are renewed, names no job, and not whether the crew is asked.
  const changed = (told) => told.etag !== unit.dataset.etag || (told.job !== undefined && told.job !== unit.dataset.job)
    || (told.asked !== undefined && told.asked !== ("asked" in unit.dataset));
  const loaded = Date.now();
  let last = 0;
  const tell = async ({ coords }) => {
    if (Date.now() - last < EVERY_MS) return;
    last = Date.now();
    const body = new URLSearchParams({ csrf: unit.dataset.csrf, lon: coords.longitude.toFixed(6), lat: coords.latitude.toFixed(6) });
    try {
      const answer = await fetch(unit.dataset.tell, { method: "POST", body, signal: AbortSignal.timeout(15000) });
      said.textContent = answer.ok ? unit.dataset.told : unit.dataset.untold;
      const told = await answer.json();
      if (answer.ok && changed(told) && Date.now() - loaded > CALM_MS) await anew(() => true);
    } catch { said.textContent = unit.dataset.untold; }
  };
  // A phone that does not allow it is not asked again by itself.
  const failed = (error) => { said.textContent = error.code === error.PERMISSION_DENIED ? unit.dataset.barred : unit.dataset.untold; };
  navigator.geolocation.watchPosition(tell, failed, { enableHighAccuracy: true, maximumAge: 10000 });
})();
