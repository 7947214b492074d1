// A story that goes on: what happens meanwhile is read by the same templates, so that its words are those of the page.
(() => {
  "use strict";
  const PAUSE_MS = 500, AGAIN_MS = 5000;
  let part = document.getElementById("story");
  if (!part || !window.EventSource) return;
  let count = 0, asked = false;
  const ask = async () => {
    asked = false;
    try {
      const answer = await fetch(`${location.pathname}${location.search}`, { signal: AbortSignal.timeout(20000) });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("story");
      if (!answer.ok || !fresh) return;
      const more = fresh.querySelectorAll("li");
      part.dataset.seen = fresh.dataset.seen;
      part.querySelector("ol").replaceChildren(...Array.from(more, (one) => document.adoptNode(one)));
    } catch { /* the next event asks again */ }
  };
  const follow = () => {
    const source = new EventSource(part.dataset.events);
    source.addEventListener("open", () => { count = 0; });
    source.addEventListener("happened", () => {
      count += 1;
      if (count <= Number(part.dataset.seen) || asked) return;
      asked = true;
      setTimeout(ask, PAUSE_MS);
    });
    // Whoever was refused is not connected again by the browser.
    source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) setTimeout(follow, AGAIN_MS); });
  };
  follow();
})();
