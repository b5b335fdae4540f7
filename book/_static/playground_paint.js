// Regions to pixels.  Filling thousands of small polygons row by row in an array is many times
// faster than asking a canvas for each.

(function () {
"use strict";

// The colours of region_canvas: a wheel through lightness and yellow-blue, a weaker one through
// red-green, in Oklab (B. Ottosson, 2020).  The table is read by (hue, shade).
var HUES = 256, SHADES = 16;
function colourTable(dark) {
  var table = new Uint32Array(HUES * SHADES);
  for (var h = 0; h < HUES; h++) {
    for (var s = 0; s < SHADES; s++) {
      var angle = 2 * Math.PI * h / HUES;
      var light = (dark ? 0.6 : 0.76) + 0.14 * Math.cos(angle), yellow = 0.1 * Math.sin(angle);
      var red = 0.045 * Math.sin(2 * Math.PI * s / SHADES);
      var l = Math.pow(light + 0.3963377774 * red + 0.2158037573 * yellow, 3);
      var m = Math.pow(light - 0.1055613458 * red - 0.0638541728 * yellow, 3);
      var k = Math.pow(light - 0.0894841775 * red - 1.2914855480 * yellow, 3);
      table[h * SHADES + s] = (255 << 24 |
        encoded(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * k) << 16 |
        encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * k) << 8 |
        encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * k)) >>> 0;
    }
  }
  return table;
}

function encoded(linear) {
  var value = Math.min(1, Math.max(0, linear));
  value = value <= 0.0031308 ? 12.92 * value : 1.055 * Math.pow(value, 1 / 2.4) - 0.055;
  return Math.round(255 * value);
}

// Every pixel takes the colour of the region that holds its middle; where the pixel to the right
// or below has another colour, a line is drawn.  `pixels` has size * size entries, top row first.
function paint(pixels, size, regions, half, table, ink) {
  var left = new Float64Array(size), right = new Float64Array(size), scale = size / (2 * half);
  var x = regions.x, y = regions.y, start = regions.start, row, i, perHue = 65536 / HUES;
  for (var r = 0; r < regions.count; r++) {
    var last = start[r + 1] - 1, top = size, bottom = -1;
    for (i = start[r]; i <= last; i++) {
      row = Math.ceil((half - y[i]) * scale - 0.5);
      if (row < top) { top = row; }
      if (row > bottom) { bottom = row; }
    }
    top = Math.max(top, 0);
    bottom = Math.min(bottom, size) - 1;
    for (row = top; row <= bottom; row++) { left[row] = Infinity; right[row] = -Infinity; }
    var x2 = (x[last] + half) * scale - 0.5, y2 = (half - y[last]) * scale - 0.5;
    for (i = start[r]; i <= last; i++) {
      var x1 = x2, y1 = y2;
      x2 = (x[i] + half) * scale - 0.5;
      y2 = (half - y[i]) * scale - 0.5;
      var from = Math.max(top, Math.ceil(Math.min(y1, y2)));
      var to = Math.min(bottom, Math.ceil(Math.max(y1, y2)) - 1);
      var slope = (x2 - x1) / (y2 - y1), at = x1 + (from - y1) * slope;
      for (row = from; row <= to; row++, at += slope) {
        if (at < left[row]) { left[row] = at; }
        if (at > right[row]) { right[row] = at; }
      }
    }
    var hue = Math.floor((regions.hue[r] & 65535) / perHue);
    var colour = table[hue * SHADES + ((regions.shade[r] & 65535) >> 12)];
    for (row = top; row <= bottom; row++) {
      var begin = row * size + Math.max(0, Math.ceil(left[row]));
      var end = row * size + Math.min(size, Math.ceil(right[row]));
      if (end - begin > 24) { pixels.fill(colour, begin, end); } else {
        for (i = begin; i < end; i++) { pixels[i] = colour; }
      }
    }
  }
  for (row = 0; row + 1 < size; row++) {
    var stop = (row + 1) * size - 1;
    for (i = row * size; i < stop; i++) {
      var own = pixels[i];
      if (own !== pixels[i + 1] || own !== pixels[i + size]) { pixels[i] = ink; }
    }
  }
}

window.linregPaint = { colourTable: colourTable, paint: paint };
})();
