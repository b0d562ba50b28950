/* What a map page does: draws overlays, keeps the scale right, shows what is switched on, prints to scale.
   Features come as whole millionths of a degree, step by step; texts only ever become text, never markup. */
"use strict";
const geoplan = (() => {
  const METRES_PER_PIXEL = 0.0254 / 96; // of paper and of a CSS pixel
  const A = 6378137, E2 = 0.00669438002290; // GRS 80
  const overlays = {};
  let map, page, ground;

  function style(paint) {
    const [fill, line, width, dash, number, opacity, shape, size, casing] = paint;
    const hatched = number !== null && !(map.options.preferCanvas);
    return {
      fill: Boolean(fill) || number !== null, fillColor: hatched ? `url(#hatch-${number})` : fill,
      fillOpacity: number === null ? opacity : 1, stroke: Boolean(line), color: line, weight: width, opacity: 1,
      dashArray: dash || null, hatch: number, shape, casing, radius: size / 2, lineJoin: "round",
      lineCap: dash ? "butt" : "round", bubblingMouseEvents: false,
    };
  }

  function drawn(kind, parts, given, under) {
    // a line has no inside: what is meant for marks and areas gives it its colour
    const options = kind === 1 && given.fill ? { ...given, fill: false, color: given.fillColor, weight: 3 } : given;
    if (kind === 1) {
      const lines = parts.map((part) => shapes.ring(part[0]));
      if (options.casing) {
        const wide = { color: page.paper, weight: options.weight + 2 * options.casing, dashArray: null, lineCap: "butt", interactive: false };
        under.addLayer(L.polyline(lines, { ...options, ...wide }));
      }
      return L.polyline(lines, options);
    }
    if (kind === 2) return L.polygon(parts.map((part) => part.map(shapes.ring)), options);
    const dots = parts.map((part) => L.circleMarker(shapes.ring(part[0])[0], options));
    return dots.length === 1 ? dots[0] : L.featureGroup(dots);
  }

  function telling(columns, says) {
    const list = document.createElement("dl");
    columns.forEach((column, i) => {
      if (!says[i]) return;
      list.append(Object.assign(document.createElement("dt"), { textContent: column }));
      list.append(Object.assign(document.createElement("dd"), { textContent: says[i] }));
    });
    return list;
  }

  function note(className, ...texts) {
    const box = document.createElement("div");
    texts.filter(Boolean).forEach((text) => box.append(Object.assign(document.createElement("span"), { textContent: text })));
    return L.divIcon({ className, html: box, iconSize: null });
  }

  function overlay(data) {
    const group = L.featureGroup(), still = ["ground", "over", "frame"].includes(data.group);
    const own = data.group === "ground" ? { renderer: ground, pane: "ground" } : {};
    const paints = data.paints.map(style), reachable = data.features.length <= 300;
    for (const [paint, kind, parts, says, label] of data.features) {
      const layer = drawn(kind, parts, { ...paints[paint], ...own, interactive: !still && says.length > 0 }, group);
      if (!still && says.length) {
        const wide = paints[paint].weight;
        layer.bindTooltip(() => telling(data.columns, says), { sticky: true, opacity: 1, className: "telling" });
        layer.bindPopup(() => telling(data.columns, says), { className: "telling", maxWidth: 320 });
        if (reachable) layer.on("add", () => focusable(layer, data.columns, says));
        layer.on("mouseover", () => layer.setStyle({ weight: wide + 1.5 }));
        layer.on("mouseout", () => layer.setStyle({ weight: wide }));
      }
      group.addLayer(layer);
      if (label) group.addLayer(L.marker(spot(layer), { icon: note("feature-label", label), interactive: false, keyboard: false }));
    }
    const labels = L.layerGroup(data.labels.map(([x, y, name, figure]) =>
      L.marker([y, x], { icon: note("zone-label", name, figure), interactive: false, keyboard: false })));
    overlays[data.id] = { group, labels, kind: data.group, features: data.features.length };
    return group;
  }

  // with few features each can be reached with the tab key, and reads itself out
  function focusable(layer, columns, says) {
    const element = layer.getElement && layer.getElement();
    if (!element) return;
    element.setAttribute("tabindex", "0");
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", columns.map((c, i) => says[i] && `${c} ${says[i]}`).filter(Boolean).join(", "));
  }

  const spot = (layer) => (layer.getLatLng ? layer.getLatLng() : layer.getBounds().getCenter());

  // what is on: zones by the chosen level, the rest by its box; then everything back into its order
  function refresh() {
    const level = document.querySelector('input[name="level"]:checked');
    const fill = document.getElementById("fill");
    for (const [id, one] of Object.entries(overlays)) {
      const box = document.querySelector(`input[data-overlay="${CSS.escape(id)}"]`);
      const all = one.kind === "ground" || one.kind === "over" ? document.querySelector('input[data-overlay="ground"]') : box;
      const on = one.kind === "zones" ? Boolean(level) && level.value === id : one.kind === "frame" || !all || all.checked;
      for (const part of [one.group, one.labels]) { if (on) map.addLayer(part); else map.removeLayer(part); }
      if (one.kind === "zones" && on) {
        one.group.eachLayer((layer) => {
          layer.options.full ??= layer.options.fillOpacity;
          layer.setStyle({ fillOpacity: fill && !fill.checked ? 0 : layer.options.full });
        });
      }
      if (on && one.kind !== "ground") one.group.bringToFront();
    }
    for (const part of document.querySelectorAll("[data-level]")) {
      const off = "filled" in part.dataset && fill && !fill.checked;
      part.hidden = off || !level || part.dataset.level !== level.value;
    }
    for (const box of document.querySelectorAll("input[data-overlay]")) box.closest(".part").classList.toggle("off", !box.checked);
    for (const [i, mark] of marks.entries()) {
      const box = document.querySelector(`input[data-overlay="${CSS.escape(page.listed[i][4])}"]`);
      if (!box || box.checked) map.addLayer(mark); else map.removeLayer(mark);
    }
    declutter();
  }

  // names that would cover one another move up or down, else wait until there is room; what is measured goes first
  function declutter() {
    const taken = marks.map((mark) => mark.getElement()).filter(Boolean).map(frame);
    const found = [...document.querySelectorAll(".feature-label"), ...document.querySelectorAll(".zone-label")];
    for (const label of found) {
      const tries = label.classList.contains("zone-label") ? ["", "up", "down"] : [""];
      label.classList.remove("waiting", "up", "down");
      const place = tries.find((way) => {
        label.classList.remove("up", "down");
        if (way) label.classList.add(way);
        const box = frame(label);
        return !taken.some((t) => box.left < t.right + 2 && t.left < box.right + 2 && box.top < t.bottom && t.top < box.bottom);
      });
      if (place === undefined) label.classList.add("waiting"); else taken.push(frame(label));
    }
  }
  const frame = (element) => element.firstElementChild.getBoundingClientRect();

  // metres of ground a pixel covers, east to west, on the ellipsoid at the latitude of the centre
  function resolution() {
    const phi = (map.getCenter().lat * Math.PI) / 180;
    const normal = 1 / Math.sqrt(1 - E2 * Math.sin(phi) ** 2);
    return ((2 * Math.PI * A) / (256 * 2 ** map.getZoom())) * normal * Math.cos(phi);
  }

  function rounded(value) {
    const power = 10 ** Math.floor(Math.log10(value));
    return [5, 2, 1].map((n) => n * power).find((n) => n <= value * 1.0000001);
  }

  function scale() {
    const perPixel = resolution(), metres = rounded(perPixel * 150), t = page.texts;
    const bar = document.getElementById("scale-bar"), pixels = metres / perPixel;
    bar.setAttribute("width", pixels + 2);
    bar.querySelectorAll("rect").forEach((part, i) => {
      part.setAttribute("x", 1 + (i * pixels) / 4);
      part.setAttribute("width", pixels / 4);
    });
    const long = metres >= 1000, label = `${long ? metres / 1000 : metres} ${long ? t.kilometre : t.metre}`;
    document.getElementById("scale-length").textContent = label;
    const ratio = perPixel / METRES_PER_PIXEL, printing = document.documentElement.classList.contains("printing");
    const digits = 10 ** Math.max(Math.floor(Math.log10(ratio)) - 2, 0);
    const shown = printing ? Math.round(ratio) : Math.round(ratio / digits) * digits;
    document.getElementById("scale-ratio").textContent = `1:${shown.toLocaleString("en").replace(/,/g, " ")}`;
    document.getElementById("scale-kind").textContent = printing ? "" : t.scale_screen;
  }

  function locate() {
    const inset = document.getElementById("inset"), view = document.getElementById("inset-view");
    if (!inset) return;
    const b = map.getBounds(), [west, , , north] = page.bounds, [kx, ky] = page.inset;
    const x = (b.getWest() - west) * kx, y = (north - b.getNorth()) * ky;
    view.setAttribute("x", x); view.setAttribute("y", y);
    view.setAttribute("width", (b.getEast() - b.getWest()) * kx);
    view.setAttribute("height", (b.getNorth() - b.getSouth()) * ky);
    inset.classList.toggle("whole", b.contains(bounds()));
  }

  const bounds = () => L.latLngBounds([[page.bounds[1], page.bounds[0]], [page.bounds[3], page.bounds[2]]]);
  const whole = () => map.fitBounds(bounds(), { padding: [18, 18], animate: false });

  // a printed sheet has one of the fixed scales: the largest at which what was seen fits
  function toScale(seen) {
    map.fitBounds(seen, { animate: false });
    const fitting = resolution() / METRES_PER_PIXEL;
    const chosen = page.scales.find((s) => s >= fitting * 0.999);
    if (chosen) map.setZoom(map.getZoom() + Math.log2(fitting / chosen), { animate: false });
  }

  let before = null;
  function print(size) {
    if (before) return;
    const view = map.getBounds();
    before = { center: map.getCenter(), zoom: map.getZoom(), snap: map.options.zoomSnap, seen: view.contains(bounds()) ? bounds() : view };
    document.documentElement.classList.add("printing", size);
    map.options.zoomSnap = 0;
    fold();
    map.invalidateSize({ animate: false, pan: false });
    toScale(before.seen);
    scale(); declutter();
  }
  function printed() {
    if (!before) return;
    document.documentElement.classList.remove("printing", "a4", "a3");
    unfold();
    map.options.zoomSnap = before.snap;
    map.invalidateSize({ animate: false, pan: false });
    map.setView(before.center, before.zoom, { animate: false });
    before = null;
    scale(); declutter();
  }

  // what does not fit beside the map goes to the second sheet, the least needed first; nothing is cut off
  const beside = (name) => document.querySelector(`aside .${name}`);
  const rank = (section) => Number(getComputedStyle(section).order);
  function fold() {
    const first = beside("first"), imprint = first.querySelector(".imprint-part");
    beside("foot").append(imprint);
    document.documentElement.style.setProperty("--foot", `${Math.ceil(beside("foot").getBoundingClientRect().height) + 4}px`);
    const second = beside("second"), inOrder = [...first.children].sort((a, b) => rank(a) - rank(b));
    inOrder.slice(1).forEach((section) => second.append(section));
    for (const section of inOrder.slice(1)) {
      const next = section.nextSibling;
      first.append(section);
      if (first.scrollHeight > first.clientHeight + 1) second.insertBefore(section, next);
    }
  }
  function unfold() {
    const all = [...document.querySelectorAll("aside section")].sort((a, b) => a.dataset.place - b.dataset.place);
    beside("first").append(...all);
  }

  const marks = [];
  function listed([number, name, says, [x, y]]) {
    const mark = L.marker([y, x], { icon: note("badge", String(number)), keyboard: false, interactive: false, zIndexOffset: 500 });
    marks.push(mark);
    mark.says = () => telling([name], [says]);
  }

  function start(made, settings) {
    map = made; page = settings; shapes.hatches(page.hatches);
    map.createPane("ground").classList.add("ground-pane");
    ground = L.canvas({ pane: "ground", padding: 0.3 });
    L.control.zoom({ zoomInTitle: page.texts.zoom_in, zoomOutTitle: page.texts.zoom_out }).addTo(map);
    page.listed.forEach(listed);
  }

  function ready() {
    document.querySelectorAll("aside section").forEach((section, place) => { section.dataset.place = place; });
    whole();
    refresh(); scale(); locate();
    map.on("zoomend", () => { scale(); declutter(); });
    map.on("moveend", () => { scale(); locate(); });
    const pointer = document.getElementById("pointer");
    if (pointer) {
      const angle = (v, plus, minus) => `${Math.abs(v).toFixed(5)}°${v < 0 ? minus : plus}`;
      map.on("mousemove", (e) => { pointer.textContent = `${angle(e.latlng.lng, "E", "W")} ${angle(e.latlng.lat, "N", "S")}`; });
      map.on("mouseout", () => { pointer.textContent = ""; });
    }
    document.addEventListener("change", refresh);
    document.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.print) { print(button.dataset.print); window.print(); }
      if (button.id === "whole") whole();
      if (button.dataset.go) {
        const mark = marks[Number(button.dataset.go) - 1];
        map.setView(mark.getLatLng(), Math.max(map.getZoom(), 15), { animate: false });
        map.openPopup(mark.says(), mark.getLatLng(), { className: "telling", offset: [0, -6] });
      }
    });
    window.addEventListener("beforeprint", () => print("a4"));
    window.addEventListener("afterprint", printed);
    window.addEventListener("resize", () => { if (!before) { map.invalidateSize(); scale(); locate(); } });
    document.documentElement.classList.add("ready");
  }

  return { start, overlay, ready, overlays, print, printed, resolution, get map() { return map; } };
})();
