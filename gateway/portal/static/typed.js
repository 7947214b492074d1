// What was typed outlives leaving the page: the switch of the language, Back where no cache keeps the page, and reloading what
// was refused. It stays in this tab, for a quarter of an hour, until it is sent or the login ends; files and passwords never,
// and what tells of a person only across the switch, which takes it out again at once: phones and desks are shared.
// Identities, keys and votes never, nor anything on pages of officers.
(() => {
  "use strict";
  const PREFIX = "typed ", NAME = PREFIX + location.pathname, LONGEST = 15 * 60_000;
  const came = (performance.getEntriesByType("navigation")[0] || {}).type;
  const login = document.documentElement.dataset.login;
  const NEVER = ["nik", "birth_date", "key", "code", "option", "holder", "vote"];
  let switching = "", sent = false, gone = false;

  // What is in a field, undefined where it is as the page came; a form that was refused came as it was typed.
  let refused = Boolean(document.getElementById("problem"));
  const typed = (field) => {
    if (field.matches("[type=checkbox], [type=radio]"))
      return !refused && field.checked === field.defaultChecked ? undefined : field.checked;
    const first = field.options && ([...field.options].find((each) => each.defaultSelected) || field.options[0]);
    const given = field.options ? first && first.value : field.defaultValue;
    return !refused && field.value === given ? undefined : field.value;
  };
  const personal = (field) => field.closest("[data-personal]") || field.matches("[type=email], [type=tel]")
    || !["", "on", "off"].includes(field.autocomplete);
  const KINDS = "input:not([type=hidden], [type=password], [type=file]), textarea, select:not([multiple])";
  // A field is found again by its form, its name and which of that name it is: pages change between two looks.
  const fields = () => [...document.querySelectorAll("form[method=post]")].flatMap((form) => {
    const seen = {};
    const kept = [...form.elements].filter((field) => field.name && field.matches(KINDS) && !NEVER.includes(field.name));
    return kept.map((field) => {
      const nth = seen[field.name] = (seen[field.name] || 0) + 1;
      return [JSON.stringify([form.getAttribute("action"), form.id, field.name, nth]), field];
    });
  });

  const drop = (fits) => Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX)).forEach((name) => {
    if (fits(JSON.parse(sessionStorage.getItem(name)))) sessionStorage.removeItem(name);
  });
  const keep = () => {
    const kept = fields().filter(([, field]) => switching || !personal(field))
      .map(([key, field]) => [key, typed(field)]).filter(([, value]) => value !== undefined);
    // The page that answered a form leads to the form's own, in the other language.
    if (kept.length && !gone) sessionStorage.setItem(PREFIX + (switching || location.pathname), JSON.stringify({ at: Date.now(), login, switching, sent, refused, kept }));
  };
  const giveBack = ({ kept }) => {
    const known = new Map(fields());
    for (const [key, value] of kept) {
      const field = known.get(key);
      if (!field) continue;
      if (typeof value === "boolean") field.checked = value;
      else field.value = value;
      for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const old = ({ at }) => Date.now() - at > LONGEST;
  try {
    const found = JSON.parse(sessionStorage.getItem(NAME) || "null");
    sessionStorage.removeItem(NAME);
    // What was sent is let go once it was taken: where it was refused, or the network was away, it is still there.
    const taken = came !== "back_forward" && !refused;
    drop((each) => each.login !== login || old(each) || (each.sent && taken));
    const fresh = found && found.login === login && !old(found);
    const again = came === "reload" && found && found.refused;
    if (fresh && (found.switching || again || came === "back_forward")) giveBack(found);
    if (fresh && again) refused = true;
    setInterval(() => drop(old), 60_000); // also in a tab that nobody touches
  } catch { return; } // this browser keeps nothing
  if (/^\/petugas(\/|$)/.test(location.pathname)) gone = true;
  document.querySelectorAll(".lang a").forEach((link) => link.addEventListener("click", (event) => {
    switching = event.ctrlKey || event.metaKey || event.shiftKey ? "" : link.pathname;
  }));
  document.addEventListener("submit", ({ target: form, defaultPrevented: held }) => {
    if (form.matches("[action='/auth/logout']")) {
      gone = true;
      drop(() => true);
    } else if (form.matches("[method=post]") && !held) sent = true;
  });
  window.addEventListener("pagehide", () => { try { keep(); } catch { /* full, or forbidden meanwhile */ } });
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) [switching, sent] = ["", false];
    if (persisted) sessionStorage.removeItem(NAME);
  });
})();
