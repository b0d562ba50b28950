/* From a row of the table to its features on the map, and from a place on the map to the row that speaks of it. */
"use strict";
const roster = (() => {
  const MOST_ZOOM = 17;
  let layers = [], rows = [], chosen = null;

  // whether a place lies within a polygon of several parts, holes left out
  function within(parts, place) {
    const crosses = (ring) => ring.reduce((odd, a, i) => {
      const b = ring[(i + 1) % ring.length];
      const between = (a.lat > place.lat) !== (b.lat > place.lat);
      return between && place.lng < ((b.lng - a.lng) * (place.lat - a.lat)) / (b.lat - a.lat) + a.lng ? !odd : odd;
    }, false);
    return parts.some((rings) => rings.reduce((odd, ring) => (crosses(ring) ? !odd : odd), false));
  }

  const featuresOf = (row) => row.dataset.features.split(" ").filter(Boolean).map((i) => layers[Number(i)]);
  const size = (layer) => { const b = layer.getBounds(); return (b.getEast() - b.getWest()) * (b.getNorth() - b.getSouth()); };

  function mark(row) {
    if (chosen) {
      chosen.classList.remove("chosen");
      chosen.removeAttribute("aria-selected");
      featuresOf(chosen).forEach((layer) => layer.setStyle({ weight: layer.options.plain }));
    }
    chosen = row;
    row.classList.add("chosen");
    row.setAttribute("aria-selected", "true");
    featuresOf(row).forEach((layer) => {
      layer.options.plain ??= layer.options.weight;
      layer.setStyle({ weight: layer.options.plain * 2 });
      layer.bringToFront();
    });
  }

  function go(row) {
    const found = featuresOf(row);
    mark(row);
    if (!found.length) return;
    const all = found.reduce((box, layer) => box.extend(layer.getBounds()), L.latLngBounds(found[0].getBounds()));
    geoplan.map.fitBounds(all, { padding: [60, 60], maxZoom: MOST_ZOOM, animate: false });
  }

  // the smallest site at a place: one may lie within another
  function back(place) {
    const hit = layers.map((layer, i) => [layer, i]).filter(([layer]) => layer.getBounds().contains(place) && within(layer.getLatLngs(), place));
    if (!hit.length) return;
    const [, i] = hit.reduce((a, b) => (size(b[0]) < size(a[0]) ? b : a));
    const row = rows.find((one) => one.dataset.features.split(" ").includes(String(i)));
    if (!row) return;
    row.hidden = false;
    mark(row);
    row.scrollIntoView({ block: "center" });
  }

  function sift(count) {
    const find = document.getElementById("roster-find").value.trim().toLowerCase();
    const only = document.getElementById("roster-only").value;
    let shown = 0;
    for (const row of rows) {
      row.hidden = Boolean((only && row.dataset.word !== only) || (find && !row.textContent.toLowerCase().includes(find)));
      shown += row.hidden ? 0 : 1;
    }
    document.getElementById("roster-none").hidden = shown > 0;
    document.getElementById("roster-count").textContent = count.replace("0", String(shown));
  }

  function start(id, over, count) {
    layers = geoplan.overlays[id].group.getLayers();
    rows = [...document.querySelectorAll("#roster tbody tr")];
    document.querySelector("#roster tbody").addEventListener("click", (event) => {
      const row = event.target.closest("tr");
      if (row) go(row);
    });
    geoplan.map.on("click", (event) => back(event.latlng));
    for (const one of [id, ...over]) {
      if (geoplan.overlays[one]) geoplan.overlays[one].group.on("click", (event) => back(event.latlng));
    }
    for (const control of ["roster-find", "roster-only"]) document.getElementById(control).addEventListener("input", () => sift(count));
    sift(count);
  }
  return { start };
})();
