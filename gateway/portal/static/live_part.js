// A part of a page that tells how things are just now: it is fetched anew while somebody looks at it, made by the same
// templates, and takes back what is true no more. A part each half minute is a tenth of what a stream of all buses has.
(() => {
  "use strict";
  const EVERY_MS = 30000, OLD_MS = 90000, LOOK_MS = 3000;
  let part = document.getElementById("live");
  if (!part) return;
  // A page that is gone back to, or opened again by the browser, may be an old one.
  const [navigation] = performance.getEntriesByType("navigation");
  let read = navigation && navigation.type === "back_forward" ? 0 : Date.now(), asked = read;

  // In rows that have a key it is the link of that row, as several buses go to one page; once it has left, another of its line.
  const same = (one) => {
    if (one.matches("summary")) return [`details[data-line="${CSS.escape(one.parentElement.dataset.line)}"] > summary`];
    const row = one.closest("[data-key]"), link = `a[href="${CSS.escape(one.getAttribute("href"))}"]`;
    return [...(row ? [`[data-key="${CSS.escape(row.dataset.key)}"] ${link}`] : []), link];
  };
  const put = (fresh) => {
    const active = document.activeElement, again = part.contains(active) && active.matches("summary, a[href]") ? same(active) : [];
    for (const one of part.querySelectorAll("details[data-line]")) {
      const other = fresh.querySelector(`details[data-line="${CSS.escape(one.dataset.line)}"]`);
      if (other) other.open = one.open;
    }
    part.replaceWith(document.adoptNode(fresh));
    part = fresh;
    const found = again.map((each) => part.querySelector(each)).find(Boolean);
    if (found) found.focus({ preventScroll: true });
  };
  const ask = async () => {
    asked = Date.now();
    try {
      const answer = await fetch(`${location.pathname}${location.search}`, { signal: AbortSignal.timeout(20000) });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
      if (!answer.ok || !fresh) return;
      put(fresh);
      read = Date.now();
    } catch { /* it is asked again, and says meanwhile how old it is */ }
  };
  const look = () => {
    const old = Date.now() - read > OLD_MS;
    part.querySelectorAll("[data-now]").forEach((one) => { one.hidden = old; });
    part.querySelectorAll("[data-old]").forEach((one) => { one.hidden = !old; });
    if (document.visibilityState === "visible" && Date.now() - asked >= EVERY_MS) ask();
  };
  setInterval(look, LOOK_MS);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pageshow", look);
})();
