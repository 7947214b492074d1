// A place in a waiting room: how many are before it is written where it stands, so that who reads on loses nothing.
(() => {
  "use strict";
  const LEAST_S = 5, SPREAD = 0.2;
  const place = document.getElementById("place");
  const again = () => location.replace(`${location.pathname}${location.search}`);
  let waits = 0;
  const later = () => {
    const seconds = Math.max(LEAST_S, Number(place.dataset.ask));
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
    try {
      const answer = await fetch(`${location.pathname}${location.search}`, { redirect: "manual", signal: AbortSignal.timeout(20000) });
      if (answer.type === "opaqueredirect") return again(); // to the order
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("place");
      if (fresh) put(fresh);
      else if (answer.ok || answer.status === 404) return again(); // it is no place any more, and says what became of it
    } catch { /* it is asked again */ }
    later();
  };
  if (place) later();
  // What is gone back to, or looked at again, may be old.
  document.addEventListener("visibilitychange", () => { if (place && document.visibilityState === "visible") ask(); });
})();
