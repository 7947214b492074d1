// The dispatchers' board by single keys, for who takes calls with one hand. They do nothing while somebody types.
(() => {
  "use strict";
  const typing = (one) => one.closest("input, textarea, select, [contenteditable]") !== null;
  const rows = () => [...document.querySelectorAll("[data-part] tr[data-key] a")];
  const step = (by) => {
    const all = rows(), at = all.indexOf(document.activeElement);
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
    if (next) next.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
    else if (event.key === "r") location.reload();
    else {
      const place = document.querySelector(`[data-hotkey="${CSS.escape(event.key)}"]`);
      if (!place) return;
      (place.querySelector("textarea, input, a") || place).focus();
    }
    event.preventDefault();
  });
})();
