/* How shapes are drawn: marks of points, hatches, and vertices from their steps. Leaflet draws with SVG or on a canvas;
   it learns both here, so that a map looks the same either way. */
"use strict";
const shapes = (() => {
  let tiles = [];
  L.Browser.retina = true; // canvases hold twice the pixels, so that a print is sharp

  const outline = {
    square: (x, y, r) => `M${x - r} ${y - r}H${x + r}V${y + r}H${x - r}Z`,
    diamond: (x, y, r) => `M${x} ${y - r}L${x + r} ${y}L${x} ${y + r}L${x - r} ${y}Z`,
    triangle: (x, y, r) => `M${x} ${y - r}L${x + r} ${y + r}H${x - r}Z`,
    cross: (x, y, r) => `M${x - r} ${y}H${x + r}M${x} ${y - r}V${y + r}`,
  };
  const roundMark = L.SVG.prototype._updateCircle;
  L.SVG.include({
    _updateCircle(layer) {
      const draw = outline[layer.options.shape];
      if (!draw || layer._empty()) return roundMark.call(this, layer);
      return this._setPath(layer, draw(layer._point.x, layer._point.y, layer._radius));
    },
  });
  const roundDot = L.Canvas.prototype._updateCircle, plainFill = L.Canvas.prototype._fillStroke;
  L.Canvas.include({
    _updateCircle(layer) {
      const draw = outline[layer.options.shape];
      if (!draw || layer._empty()) return roundDot.call(this, layer);
      if (!this._drawing) return undefined;
      const path = new Path2D(draw(layer._point.x, layer._point.y, layer._radius)), o = layer.options;
      if (o.fill) { this._ctx.globalAlpha = o.fillOpacity; this._ctx.fillStyle = o.fillColor; this._ctx.fill(path); }
      if (o.stroke) {
        Object.assign(this._ctx, { globalAlpha: o.opacity, strokeStyle: o.color, lineWidth: o.weight });
        this._ctx.stroke(path);
      }
      return undefined;
    },
    _fillStroke(ctx, layer) {
      const o = layer.options, tile = tiles[o.hatch];
      if (!tile || !o.fill || !o.fillOpacity) return plainFill.call(this, ctx, layer);
      ctx.globalAlpha = 1;
      ctx.fillStyle = ctx.createPattern(tile, "repeat");
      ctx.fill("evenodd");
      o.fill = false;
      plainFill.call(this, ctx, layer);
      o.fill = true;
      return undefined;
    },
  });

  function hatch([strokes, fill, line, opacity]) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const ctx = tile.getContext("2d");
    ctx.globalAlpha = opacity;
    if (fill) { ctx.fillStyle = fill; ctx.fillRect(0, 0, 8, 8); }
    Object.assign(ctx, { globalAlpha: 1, strokeStyle: line, lineCap: "round", lineWidth: strokes.includes("h.01") ? 2.4 : 1.1 });
    ctx.stroke(new Path2D(strokes));
    return tile;
  }

  function ring(steps) {
    const points = [];
    for (let i = 0, x = 0, y = 0; i < steps.length; i += 2) {
      x += steps[i]; y += steps[i + 1];
      points.push([y / 1e6, x / 1e6]);
    }
    return points;
  }

  return { ring, hatches(described) { tiles = described.map(hatch); } };
})();
