// The live map: our own outlines, read and picked from with fingers, mouse or keyboard. Fetched when somebody opens it.
(() => {
  "use strict";
  const one = (id) => document.getElementById(id);
  const worded = (text) => Object.assign(document.createElement("span"), { textContent: text });

  // Names instead of tiles: districts from afar, neighbourhoods and landmarks from near.
  const nameAt = (map, latlng, text, kind) => L.tooltip(latlng, { permanent: true, direction: "center", className: `place-name ${kind}` })
    .setContent(worded(text)).addTo(map);
  function nameAreas(map, layer) {
    const districts = {};
    layer.eachLayer((shape) => {
      const { name, district } = shape.feature.properties;
      districts[district] = (districts[district] || L.latLngBounds([])).extend(shape.getBounds());
      nameAt(map, shape.getBounds().getCenter(), name, "small-one");
    });
    Object.entries(districts).forEach(([name, bounds]) => nameAt(map, bounds.getCenter(), name, "large-one"));
    const near = () => ["mid", "near"].forEach((name, i) => map.getContainer().classList.toggle(name, map.getZoom() >= 11.5 + 2 * i));
    map.on("zoomend", near);
    near();
  }
  // Shapes that listen are stops of the Tab key in some browsers: hundreds of them. The map is one stop, its buttons two.
  const noStop = (shape) => shape.getElement().setAttribute("tabindex", "-1");
  const showLandmarks = (map, landmarks, pick) => landmarks.forEach(({ name, lon, lat }) => {
    noStop(L.circleMarker([lat, lon], { className: "landmark", radius: 5, weight: 1, color: "#85500a", fillColor: "#e9b45c", fillOpacity: 1 })
      .bindTooltip(worded(name)).on("click", (event) => pick(event.latlng, name)).addTo(map));
  });

  // Anew once the page's own live parts change, and now and then for what moves; never while nobody looks.
  function keepFresh(anew, every) {
    let read = Date.now();
    document.querySelectorAll("[data-part]").forEach((part) =>
      new MutationObserver(() => { read = 0; }).observe(part, { childList: true, subtree: true }));
    setInterval(() => {
      if (document.hidden || Date.now() - read < every) return;
      read = Date.now();
      anew();
    }, 1000);
  }

  // A layer of what measures, each a point with its page behind it; what is listed by area is said with the area's name.
  async function showThings(map, { things: address, layer: label, away, freshSeconds, ...words }, shown) {
    const read = async () => {
      const answer = await fetch(address).catch(() => ({}));
      return answer.ok ? answer.json().catch(() => null) : null;
    };
    const things = await read();
    if (!things) {  // the rest of the map stands without them
      const note = Object.assign(document.createElement("p"), { className: "note warm", role: "status" });
      map.getContainer().after(note);
      note.textContent = away;
      return () => "";
    }
    const inWords = (kind) => words[kind.replace(/_(.)/g, (_, letter) => letter.toUpperCase())] || kind;
    let byArea = {};
    const group = L.layerGroup();
    const draw = (found) => {
      byArea = {};
      group.clearLayers();
      found.forEach(({ name, kind, area, href, lon, lat }) => {
        (byArea[area] = byArea[area] || []).push(name);
        group.addLayer(L.circleMarker([lat, lon], { className: `thing ${kind}`, radius: kind === "container" ? 5 : 8, weight: 1.5, fillOpacity: 1 })
          .bindTooltip(worded(`${name} (${inWords(kind)})`)).on("click", () => { location.href = href; }));
      });
      if (map.hasLayer(group)) group.eachLayer(noStop);
    };
    draw(things);
    group.on("add", () => group.eachLayer(noStop));
    if (freshSeconds) keepFresh(async () => { const fresh = await read(); if (fresh) draw(fresh); }, 1000 * freshSeconds);
    if (shown) group.addTo(map);
    else L.control.layers(null, { [label]: group }, { collapsed: false }).addTo(map);
    return (code) => (map.hasLayer(group) && byArea[code] ? `. ${byArea[code].join(", ")}` : "");
  }

  // Which area holds a point: a ray to the east crosses its outline an odd number of times.
  const crossings = (ring, x, y) => ring.filter(([ax, ay], i) => {
    const [bx, by] = ring[i ? i - 1 : ring.length - 1];
    return (ay > y) !== (by > y) && x < ((bx - ax) * (y - ay)) / (by - ay) + ax;
  }).length;
  const holds = ({ type, coordinates }, { lng, lat }) =>
    (type === "Polygon" ? [coordinates] : coordinates).some((rings) => rings.reduce((sum, ring) => sum + crossings(ring, lng, lat), 0) % 2);
  const areaOf = (geojson, latlng) => geojson.features.find((feature) => holds(feature.geometry, latlng));

  // What lies in the middle is said as the map moves: so it is read, and Enter picks it, without a pointer.
  function keyboard(map, geojson, words, pick) {
    const box = map.getContainer(), said = one(box.dataset.said);
    box.setAttribute("role", "application");
    box.setAttribute("aria-label", box.dataset.label);
    box.setAttribute("aria-describedby", box.dataset.help);
    const middle = () => areaOf(geojson, map.getCenter());
    const say = () => { said.textContent = document.activeElement === box ? words(middle()) : ""; };
    map.on("moveend", say);
    box.addEventListener("focus", say);
    box.addEventListener("blur", say);
    box.addEventListener("keydown", (event) => {
      if (event.target !== box || !pick || !["Enter", " "].includes(event.key)) return;
      event.preventDefault();  // Enter would send the form
      pick(map.getCenter());
    });
    box.focus({ preventScroll: true });
  }

  window.cityMap = async (button, geojson, setPlace) => {
    const { map: mode, target, filed, resolved, found, within, landmarks, outside, things, at } = button.dataset;
    const box = one(target);
    box.hidden = false;
    box.className = "live-map";
    document.querySelectorAll(`[data-map-of=${target}]`).forEach((each) => each.toggleAttribute("hidden"));
    const counts = {};
    document.querySelectorAll("[data-code][data-filed]").forEach((row) => { counts[row.dataset.code] = row.dataset; });
    const moves = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    const map = L.map(box, { attributionControl: true, zoomControl: false, zoomSnap: 0.5, zoomAnimation: moves, fadeAnimation: moves, inertia: moves });
    const { panBy } = map;
    if (!moves) map.panBy = (offset, options) => panBy.call(map, offset, { ...options, animate: false });
    L.control.zoom({ zoomInTitle: box.dataset.closer, zoomOutTitle: box.dataset.wider }).addTo(map);
    map.attributionControl.setPrefix(false);
    let measuring = () => "";
    const words = (feature) => {
      if (!feature) return outside;
      const { name, district, code } = feature.properties, row = counts[code];
      return `${name}, ${district}` + (row ? `: ${row.filed} ${filed}, ${row.resolved} ${resolved}` : "") + measuring(code);
    };
    const shade = ({ properties }) => (mode === "show" && counts[properties.code] ? counts[properties.code].shade : 0);
    const layer = L.geoJSON(geojson, {
      style: (feature) => ({ className: `area m${shade(feature)}` }),
      onEachFeature: (feature, shape) => shape.bindTooltip(() => worded(words(feature)), { sticky: true }),
    }).addTo(map);
    if (at) map.setView(at.split(",").map(Number), 14);  // the place that was asked for
    else map.fitBounds(layer.getBounds());
    layer.eachLayer(noStop);
    nameAreas(map, layer);
    if (mode !== "pick") {
      keyboard(map, geojson, words);
      if (things) measuring = await showThings(map, button.dataset, mode === "things");
      return;
    }
    let marker = null;
    const pick = (latlng, landmark) => {
      marker = marker || L.circleMarker(latlng, { radius: 9, color: "#85500a", weight: 4, fillColor: "#fff", fillOpacity: 1 }).addTo(map);
      marker.setLatLng(latlng);
      noStop(marker);
      const area = areaOf(geojson, latlng), { name, district } = area ? area.properties : {};  // a line that is hit may be a neighbour's
      setPlace(latlng.lng, latlng.lat, `${found} ${[landmark, area ? `${within} ${name}, ${district}` : outside].filter(Boolean).join(", ")}`);
    };
    layer.on("click", (event) => pick(event.latlng));
    keyboard(map, geojson, words, pick);
    const known = await fetch(landmarks).catch(() => ({}));
    if (known.ok) showLandmarks(map, await known.json(), pick);
  };
})();
