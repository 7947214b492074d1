// A place in a waiting room: how many are before it is written where it stands, so that who reads on loses nothing.
(() => {
  "use strict";
  const LEAST_S = 5, SPREAD = 0.2, OLD_MS = 90000, LOOK_MS = 3000, PATIENCE_MS = 20000;
  const place = document.getElementById("place"), old = document.getElementById("old");
  const again = () => window.cityAnew(`${location.pathname}${location.search}`);
  let waits = 0, read = Date.now(), until = 0;
  const look = () => { old.hidden = Date.now() - read <= OLD_MS; };
  const later = (least = 0) => {
    const seconds = Math.max(LEAST_S, Number(place.dataset.ask), least);
    until = Date.now() + 1000 * least; // as the server asked
    clearTimeout(waits);
    waits = setTimeout(ask, 1000 * seconds * (1 + SPREAD * Math.random())); // they do not all come at once
  };
  const put = (fresh) => {
    place.dataset.ask = fresh.dataset.ask;
    for (const was of place.querySelectorAll("[id]")) {
      const now = fresh.querySelector(`#${was.id}`);
      if (now && was.textContent !== now.textContent) was.textContent = now.textContent;
      if (now) was.hidden = now.hidden;
    }
  };
  const ask = async () => {
    let least = 0;
    try {
      const answer = await fetch(`${location.pathname}${location.search}`, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) });
      if (answer.type === "opaqueredirect") return again(); // to the order
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("place");
      if (!fresh && (answer.ok || answer.status === 404)) return again(); // it is no place any more, and says what became of it
      if (fresh) {
        put(fresh);
        read = Date.now();
      } else least = Number(answer.headers.get("retry-after")) || 0;
    } catch { /* it is asked again, and says meanwhile how old it is */ }
    look();
    later(least);
  };
  if (!place) return;
  later();
  setInterval(look, LOOK_MS);
  // What is gone back to, or looked at again, may be old.
  document.addEventListener("visibilitychange", () => {
    look();
    if (document.visibilityState === "visible" && Date.now() >= until) ask();
  });
})();
