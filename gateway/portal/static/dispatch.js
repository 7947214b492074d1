// The dispatchers' board by single keys, for who takes calls with one hand. They do nothing while somebody types, until
// Escape leaves the field. And its sound for a new incident of the highest priority: silent until somebody switches it on,
// which browsers ask for too.
(() => {
  "use strict";
  const typing = (one) => one.closest("input, textarea, select, [contenteditable]") !== null;
  const rows = (within) => [...within.querySelectorAll("[data-part] tr[data-key]")];
  const stand = (row) => (row.querySelector("a") || row).focus();
  const step = (by) => {
    const all = rows(document), active = document.activeElement, at = all.findIndex((row) => row.contains(active));
    const below = (row) => active === document.body || (active.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    const first = all.findIndex(below), above = first < 0 ? all.length - 1 : first - 1;
    const next = all[at < 0 ? (by > 0 ? first : above) : at + by];
    if (next) stand(next);
  };
  const isOn = (button) => button.getAttribute("aria-pressed") === "true";
  const turn = (button, on) => {
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? button.dataset.on : button.dataset.off;
  };
  // Who speaks to the machine, or has a hand that trembles, switches the keys off; the browser remembers it.
  const OFF = "dispatch keys off", keys = document.getElementById("keys-on");
  try { turn(keys, localStorage.getItem(OFF) === null); } catch { /* this browser keeps nothing: they are on */ }
  keys.addEventListener("click", () => {
    turn(keys, !isOn(keys));
    try { isOn(keys) ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, ""); } catch { /* until the page is left */ }
  });
  const sound = document.getElementById("sound"), part = document.querySelector('[data-part="incidents"]');
  let player = null;
  const tone = (hertz, from) => {
    const one = player.createOscillator(), loud = player.createGain();
    one.frequency.value = hertz;
    loud.gain.value = 0.2;
    one.connect(loud).connect(player.destination);
    one.start(player.currentTime + from);
    one.stop(player.currentTime + from + 0.25);
  };
  const play = () => [880, 660, 880].forEach((hertz, place) => tone(hertz, 0.3 * place));
  const urgent = () => new Set([...part.querySelectorAll("[data-urgent]")].map((row) => row.dataset.key));
  if (sound && part && window.AudioContext) {
    let known = urgent(), played = 0;
    sound.addEventListener("click", () => {
      turn(sound, !isOn(sound));
      player = player || new AudioContext();
      if (isOn(sound)) player.resume().then(() => tone(880, 0));
    });
    new MutationObserver(() => {
      const now = urgent(), fresh = [...now].some((key) => !known.has(key));
      known = now;
      if (!fresh || !isOn(sound)) return;
      play();
      sound.dataset.played = String(played += 1);
    }).observe(part, { childList: true, subtree: true });
  }
  // A call is heard once: what is written of it so far outlives the key and the link. What the board does meanwhile is
  // said as it is.
  const call = document.getElementById("call-form"), kept = document.getElementById("call-kept"), room = document.getElementById("room");
  const link = document.getElementById("reload");
  const written = (field) => (field.type === "checkbox" ? field.checked : field.type !== "hidden" && field.value.trim() !== "");
  const words = () => ({ live: kept.dataset.wordsLive, over: kept.dataset.wordsOver })[room.dataset.state] || kept.dataset.wordsLost;
  const keep = () => {
    if (!call || ![...call.elements].some(written)) return false;
    kept.textContent = words();
    kept.scrollIntoView({ block: "nearest" });
    return true;
  };
  if (link) link.addEventListener("click", (event) => {
    if (!(event.ctrlKey || event.metaKey || event.shiftKey) && keep()) event.preventDefault();
  });
  const anew = () => { if (kept.textContent) kept.textContent = words(); };
  if (kept) new MutationObserver(anew).observe(room, { attributeFilter: ["data-state"] });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && typing(event.target)) event.target.blur();
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target) || !isOn(keys)) return;
    if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
    else if (event.key === "r") {
      if (!keep()) location.reload();
    }
    else if (event.key === "s" && sound) sound.click();
    else {
      const place = document.querySelector(`[data-hotkey="${CSS.escape(event.key)}"]`);
      if (!place) return;
      const [row] = rows(place.parentElement);
      if (row) stand(row);
      else (place.querySelector("textarea, input, a") || place).focus();
    }
    event.preventDefault();
  });
})();
