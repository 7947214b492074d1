// What the pages gain with JavaScript. Every one of them works without.
(() => {
  "use strict";
  const nonce = document.currentScript.nonce;
  const root = document.documentElement;
  root.classList.add("js");
  const one = (id) => document.getElementById(id);
  const on = (selector, event, act) => document.querySelectorAll(selector).forEach((each) => each.addEventListener(event, (e) => act(each, e)));

  // Sending twice does nothing on the server (idempotency key); this only spares the wait.
  on("form[data-once]", "submit", (form, event) => {
    if (form.dataset.sent && Date.now() - form.dataset.sent < 8000) event.preventDefault();
    else form.dataset.sent = Date.now();
  });
  on("[data-print]", "click", () => window.print());
  on("[data-copy]", "click", async (button) => {
    await navigator.clipboard.writeText(one(button.dataset.copy).textContent);
    button.textContent = button.dataset.done;
  });
  on("input[type=file][data-most]", "change", (input) => {
    const most = Number(input.dataset.most);
    if (input.files.length > most) {
      const kept = new DataTransfer();
      [...input.files].slice(0, most).forEach((file) => kept.items.add(file));
      input.files = kept.files;
    }
  });
  on("#other_category", "change", (select) => {
    const other = document.querySelector("input[name=category][value=other]");
    if (other && select.value) other.checked = true;
  });

  // A payment that somebody waits for: shown anew when the bank's word comes, and when its time is up.
  const payment = one("payment");
  const showAgain = () => location.replace(payment.dataset.page);
  if (payment && payment.dataset.events) {
    const source = new EventSource(payment.dataset.events);
    source.addEventListener("payment", (event) => {
      if (JSON.parse(event.data).state === payment.dataset.state) return;
      source.close();
      showAgain();
    });
    source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) setTimeout(showAgain, 5000); });
  }
  const countdown = one("countdown");
  if (countdown) {
    const end = performance.now() + 1000 * countdown.dataset.seconds;
    const tick = () => {
      const seconds = Math.max(0, Math.round((end - performance.now()) / 1000));
      countdown.textContent = `(${countdown.dataset.left} ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")})`;
      setTimeout(seconds ? tick : showAgain, 1000);
    };
    tick();
  }
  if (one("receipt-soon")) setTimeout(showAgain, 2000);

  // Where it is: the phone's position or a point on the map goes into two hidden fields.
  const setPlace = (lon, lat, words) => {
    one("lon").value = lon === "" ? "" : lon.toFixed(6);
    one("lat").value = lat === "" ? "" : lat.toFixed(6);
    one("place-said").textContent = words;
    one("forget-place").hidden = lon === "";
  };
  on("#forget-place", "click", () => setPlace("", "", ""));
  on("[data-locate]", "click", (button) => {
    one("place-said").textContent = button.dataset.busy;
    const failed = () => setPlace("", "", button.dataset.failed);
    if (!navigator.geolocation) return failed();
    navigator.geolocation.getCurrentPosition(
      (found) => setPlace(found.coords.longitude, found.coords.latitude, button.dataset.found),
      failed, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  });

  // The live map, fetched only when somebody opens it.
  const load = (tag, attributes) => new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), attributes, { onload: resolve, onerror: reject });
    element.nonce = nonce;
    document.head.append(element);
  });
  on("[data-map]", "click", async (button) => {
    button.disabled = true;
    const { map: mode, areas, target, script, style } = button.dataset;
    const [, , answer] = await Promise.all([
      load("link", { rel: "stylesheet", href: style }), load("script", { src: script }), fetch(areas)]);
    draw(mode, one(target), await answer.json(), button);
    button.hidden = true;
  });

  // Names instead of tiles: districts from afar, neighbourhoods and landmarks from near.
  const nameAt = (map, latlng, text, kind) => L.tooltip(latlng, { permanent: true, direction: "center", className: `place-name ${kind}` })
    .setContent(Object.assign(document.createElement("span"), { textContent: text })).addTo(map);
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
  const showLandmarks = (map, landmarks, pick) => landmarks.forEach(({ name, lon, lat }) => {
    L.circleMarker([lat, lon], { className: "landmark", radius: 5, weight: 1, color: "#85500a", fillColor: "#e9b45c", fillOpacity: 1 })
      .bindTooltip(Object.assign(document.createElement("span"), { textContent: name }))
      .on("click", (event) => pick(event.latlng, name)).addTo(map);
  });

  async function draw(mode, box, geojson, button) {
    box.hidden = false;
    box.className = "live-map";
    const counts = {};
    document.querySelectorAll("[data-code][data-filed]").forEach((row) => { counts[row.dataset.code] = row.dataset; });
    const most = Math.max(1, ...Object.values(counts).map((row) => Number(row.filed)));
    const shade = (code) => counts[code] ? Math.max(1, Math.ceil(5 * Math.sqrt(counts[code].filed / most))) : 0;
    const map = L.map(box, { attributionControl: true, zoomSnap: 0.5 });
    map.attributionControl.setPrefix(false);
    const words = (properties) => {
      const line = document.createElement("span");
      const row = counts[properties.code];
      line.textContent = `${properties.name}, ${properties.district}` +
        (row ? `: ${row.filed} ${button.dataset.filed}, ${row.resolved} ${button.dataset.resolved}` : "");
      return line;
    };
    const layer = L.geoJSON(geojson, {
      style: (feature) => ({ className: `area m${mode === "show" ? shade(feature.properties.code) : 0}` }),
      onEachFeature: (feature, shape) => shape.bindTooltip(() => words(feature.properties), { sticky: true }),
    }).addTo(map);
    map.fitBounds(layer.getBounds());
    nameAreas(map, layer);
    if (mode !== "pick") return;
    let marker = null;
    const pick = (latlng, name) => {
      marker = marker || L.circleMarker(latlng, { radius: 9, color: "#85500a", weight: 4, fillColor: "#fff", fillOpacity: 1 }).addTo(map);
      marker.setLatLng(latlng);
      setPlace(latlng.lng, latlng.lat, name ? `${button.dataset.found} ${name}` : button.dataset.found);
    };
    showLandmarks(map, await (await fetch(button.dataset.landmarks)).json(), pick);
    layer.on("click", (event) => pick(event.latlng, event.layer.feature.properties.name));
  }
})();
