// A story that goes on: what happens meanwhile is read by the same templates, so that its words are those of the page.
(() => {
  "use strict";
  const PAUSE_MS = 500, AGAIN_MS = 5000;
  let part = document.getElementById("story");
  if (!part || !window.EventSource) return;
  let count = 0, asked = false;
  // What stands there stays: it is not read aloud anew, and who tabs through it is not thrown out.
  const put = (list, fresh) => {
    const now = new Set([...fresh].map((one) => one.outerHTML));
    for (const one of [...list.children]) if (!now.has(one.outerHTML)) one.remove();
    [...fresh].forEach((one, place) => {
      const there = list.children[place];
      if (!there || there.outerHTML !== one.outerHTML) list.insertBefore(document.adoptNode(one), there || null);
    });
  };
  const ask = async () => {
    asked = false;
    try {
      const answer = await fetch(`${location.pathname}${location.search}`, { signal: AbortSignal.timeout(20000) });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("story");
      if (!answer.ok || !fresh) return;
      part.dataset.seen = fresh.dataset.seen;
      put(part.querySelector("ol"), fresh.querySelectorAll("li"));
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
