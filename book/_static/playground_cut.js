// The regions of a small ReLU network on a square, cut layer by layer as the library does it, but
// with floats alone, and fast enough to be redrawn while a weight is dragged.
// A layer is {rows, cols, w, b}: w has rows * cols numbers, row by row; the input has 2.

(function () {
"use strict";

// Random numbers in [0, 1) from a seed (mulberry32).
function randomStream(seed) {
  var state = seed >>> 0;
  return function () {
    state = (state + 0x6d2b79f5) >>> 0;
    var t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// Normal weights of variance 2 / inputs; each bias makes its neuron zero at a random point of the
// square, so that every neuron has a line to look at.
function randomLayers(widths, seed, half) {
  var random = randomStream(seed), layers = [], cols = 2;
  widths.forEach(function (rows) {
    var layer = {
      rows: rows, cols: cols, w: new Float64Array(rows * cols), b: new Float64Array(rows)
    };
    for (var k = 0; k < layer.w.length; k++) {
      var size = Math.sqrt(-2 * Math.log(1 - random()));
      layer.w[k] = Math.sqrt(2 / cols) * size * Math.cos(2 * Math.PI * random());
    }
    layers.push(layer);
    for (var j = 0; j < rows; j++) {
      var x = half * (2 * random() - 1), y = half * (2 * random() - 1);
      layer.b[j] = -valueAt(layers, layers.length - 1, j, x, y);
    }
    cols = rows;
  });
  return layers;
}

// What a neuron is before its ReLU, at a point.
function valueAt(layers, depth, neuron, x, y) {
  var values = [x, y];
  for (var l = 0; ; l++) {
    var layer = layers[l], next = [];
    for (var j = 0; j < layer.rows; j++) {
      var sum = layer.b[j];
      for (var k = 0; k < layer.cols; k++) { sum += layer.w[j * layer.cols + k] * values[k]; }
      next.push(sum);
    }
    if (l === depth) { return next[neuron]; }
    values = next.map(function (value) { return Math.max(value, 0); });
  }
}

function grown(array, size) {
  if (array.length >= size) { return array; }
  var larger = new array.constructor(Math.max(size, 2 * array.length));
  larger.set(array);
  return larger;
}

// A neuron whose value is within its tolerance is taken for zero: rounding must not make slivers.
// The size of a value is at most what all its terms can add up to on the square.
var TOLERANCE = 1e-12;
function tolerances(layers, half) {
  var sizes = [half, half];
  return layers.map(function (layer) {
    var bounds = new Float64Array(layer.rows);
    for (var j = 0; j < layer.rows; j++) {
      bounds[j] = Math.abs(layer.b[j]);
      for (var k = 0; k < layer.cols; k++) {
        bounds[j] += Math.abs(layer.w[j * layer.cols + k]) * sizes[k];
      }
    }
    sizes = bounds;
    return bounds.map(function (bound) { return TOLERANCE * bound; });
  });
}

// Every neuron turns two colour wheels by its own amount, the first by a quarter to three quarters
// of a round: regions that differ in one neuron differ clearly, and a pattern keeps its colour.
var ROUND = 65536;
function turn(number, step) {
  return Math.round(ROUND * (0.25 + 0.5 * ((step * (number + 1)) % 1)));
}

// All regions of the square [-half, half]^2.  A region is a polygon: its corners are numbers
// start[r] to start[r + 1] - 1 of x and y, in order around it.  `sides` holds the pieces of the
// neurons' lines, four numbers each, and `owners` whose they are, over all layers.  The next call
// with the same `memory` writes over what this one returns: fresh memory would cost as much as the
// cutting.
function cut(layers, half, memory) {
  var kept = memory || newMemory(), levels = kept.levels, found = kept.found, before = 0;
  var now = levels[0] = levels[0] || emptyLevel(), limits = tolerances(layers, half);
  now.count = 1;
  now.start.set([0, 4]);
  now.x.set([-half, half, half, -half]);
  now.y.set([-half, -half, half, half]);
  now.maps = grown(now.maps, 3 * layers[0].rows);
  firstMap(layers[0], now.maps);
  found.lines = 0;
  for (var l = 0; l < layers.length; l++) {
    var out = levels[l + 1] = levels[l + 1] || emptyLevel();
    cutByLayer(now, out, layers[l], layers[l + 1], limits[l], before, found);
    before += layers[l].rows;
    now = out;
  }
  return {
    count: now.count, start: now.start, x: now.x, y: now.y, hue: now.hue, shade: now.shade,
    sides: found.sides.subarray(0, 4 * found.lines), owners: found.owners.subarray(0, found.lines)
  };
}

function newMemory() {
  return {
    levels: [],
    found: { sides: new Float64Array(256), owners: new Uint16Array(64), lines: 0 }
  };
}

function emptyLevel() {
  return {
    count: 0, corners: 0, start: new Uint32Array(64), x: new Float64Array(64),
    y: new Float64Array(64), hue: new Uint32Array(64), shade: new Uint32Array(64),
    maps: new Float64Array(64)
  };
}

// Pieces of the region at hand: sizes[p] corners from first[p]; those of cut ones stay behind.
// Row p of `on` says which neurons are on there; only those in `meets`, whose lines come near the
// region, can differ from piece to piece, and only row 0 knows of the others.
var work = {
  count: 1, corners: 0, x: new Float64Array(1024), y: new Float64Array(1024), rows: 0, meeting: 0,
  z: new Float64Array(64), first: new Uint32Array(64), sizes: new Uint32Array(64),
  on: new Uint8Array(4096), meets: new Uint32Array(64)
};

// Rows a, b, c of a layer as affine functions a x + b y + c of the input.
function firstMap(layer, maps) {
  for (var j = 0; j < layer.rows; j++) {
    maps[3 * j] = layer.w[2 * j];
    maps[3 * j + 1] = layer.w[2 * j + 1];
    maps[3 * j + 2] = layer.b[j];
  }
}

// One layer.  On a region all its neurons are affine, so each cuts the region, or pieces of it that
// earlier neurons left, along a straight line.
function cutByLayer(regions, out, layer, next, limit, before, found) {
  var rows = layer.rows, count = regions.count, turns = new Uint32Array(2 * rows);
  for (var j = 0; j < rows; j++) {
    turns[2 * j] = turn(before + j, 0.6180339887498949);
    turns[2 * j + 1] = turn(before + j, 0.7548776662466927);
  }
  out.count = out.corners = out.start[0] = 0;
  work.rows = rows;
  work.on = grown(work.on, rows);
  work.meets = grown(work.meets, rows);
  for (var r = 0; r < count; r++) {
    cutRegion(regions, r, limit, before, found);
    handOut(out, regions, r, turns, next);
  }
}

function cutRegion(regions, r, limit, before, found) {
  var from = regions.start[r], size = regions.start[r + 1] - from, maps = regions.maps;
  var left = Infinity, right = -Infinity, low = Infinity, high = -Infinity;
  work.x = grown(work.x, size); work.y = grown(work.y, size);
  var toX = work.x, toY = work.y, allX = regions.x, allY = regions.y, on = work.on;
  for (var i = 0; i < size; i++) {
    var x = toX[i] = allX[from + i], y = toY[i] = allY[from + i];
    if (x < left) { left = x; }
    if (x > right) { right = x; }
    if (y < low) { low = y; }
    if (y > high) { high = y; }
  }
  work.count = 1;
  work.meeting = 0;
  work.first[0] = 0;
  work.sizes[0] = work.corners = size;
  var rows = work.rows, middleX = (left + right) / 2, middleY = (low + high) / 2;
  var reachX = (right - left) / 2, reachY = (high - low) / 2;
  for (var j = 0, place = 3 * r * rows; j < rows; j++, place += 3) {
    var a = maps[place], b = maps[place + 1], c = maps[place + 2];
    var value = a * middleX + b * middleY + c, reach = Math.abs(a) * reachX + Math.abs(b) * reachY;
    if (Math.abs(value) > reach + limit[j]) {  // the line misses the whole region
      on[j] = value > 0 ? 1 : 0;
    } else {
      work.meets[work.meeting++] = j;
      for (var q = 0, number = work.count; q < number; q++) {
        if (cutPiece(q, j, a, b, c, limit[j], found)) {
          found.owners[found.lines++] = before + j;
        }
      }
      on = work.on;  // it may have grown
    }
  }
}

// Cut a piece in two, if it has corners on both sides, and say whether a neuron is on there.
function cutPiece(p, j, a, b, c, tolerance, found) {
  var s = work.first[p], m = work.sizes[p], rows = work.rows, end = work.corners;
  work.z = grown(work.z, m);
  var x = work.x, y = work.y, z = work.z, low = 0, high = 0;
  for (var i = 0; i < m; i++) {
    var value = a * x[s + i] + b * y[s + i] + c;
    if (value <= tolerance && value >= -tolerance) { value = 0; }
    z[i] = value;
    if (value < low) { low = value; }
    if (value > high) { high = value; }
  }
  work.on[p * rows + j] = high > 0 ? 1 : 0;
  if (low === 0 || high === 0) { return false; }
  x = work.x = grown(x, end + 2 * m + 4);
  y = work.y = grown(y, end + 2 * m + 4);
  var ends = 0, side = 4 * found.lines, fresh = work.count++;
  found.sides = grown(found.sides, side + 4);
  found.owners = grown(found.owners, found.lines + 1);
  work.first = grown(work.first, work.count);
  work.sizes = grown(work.sizes, work.count);
  work.on = grown(work.on, work.count * rows);
  // The upper half, then the lower; corners on the line belong to both.
  for (var lower = 0; lower < 2; lower++) {
    var sign = lower ? -1 : 1, start = end;
    for (i = 0; i < m; i++) {
      var k = i + 1 < m ? i + 1 : 0, here = sign * z[i], there = sign * z[k];
      if (here >= 0) { x[end] = x[s + i]; y[end++] = y[s + i]; }
      if ((here > 0 && there < 0) || (here < 0 && there > 0)) {
        var along = z[i] / (z[i] - z[k]);
        x[end] = x[s + i] + along * (x[s + k] - x[s + i]);
        y[end++] = y[s + i] + along * (y[s + k] - y[s + i]);
      } else if (here !== 0) { continue; }
      if (!lower && ends < 2) {
        found.sides[side + 2 * ends] = x[end - 1];
        found.sides[side + 2 * ends++ + 1] = y[end - 1];
      }
    }
    work.first[lower ? fresh : p] = start;
    work.sizes[lower ? fresh : p] = end - start;
  }
  work.corners = end;
  work.on.copyWithin(fresh * rows, p * rows, p * rows + j);
  work.on[fresh * rows + j] = 0;
  return true;
}

function handOut(out, regions, r, turns, next) {
  var total = out.count + work.count, rows = work.rows, corners = out.corners, on = work.on;
  var own = 3 * r * rows;
  out.start = grown(out.start, total + 1);
  out.hue = grown(out.hue, total);
  out.shade = grown(out.shade, total);
  if (next) { out.maps = grown(out.maps, 3 * next.rows * total); }
  out.x = grown(out.x, corners + work.corners);
  out.y = grown(out.y, corners + work.corners);
  var toX = out.x, toY = out.y, x = work.x, y = work.y;
  var hue = regions.hue[r], shade = regions.shade[r], to = 3 * (next ? next.rows : 0) * out.count;
  for (var j = 0; j < rows; j++) {
    hue = (hue + on[j] * turns[2 * j]) | 0;
    shade = (shade + on[j] * turns[2 * j + 1]) | 0;
  }
  for (var p = 0; p < work.count; p++) {
    var from = work.first[p], size = work.sizes[p], ownHue = hue, ownShade = shade;
    for (var i = 0; i < size; i++) {
      toX[corners] = x[from + i];
      toY[corners++] = y[from + i];
    }
    for (var k = 0; k < work.meeting; k++) {
      j = work.meets[k];
      var change = on[p * rows + j] - on[j];
      ownHue = (ownHue + change * turns[2 * j]) | 0;
      ownShade = (ownShade + change * turns[2 * j + 1]) | 0;
    }
    out.hue[out.count] = ownHue;
    out.shade[out.count] = ownShade;
    if (next && p === 0) { fullMap(out.maps, to, on, regions.maps, own, rows, next); }
    if (next && p > 0) { changedMap(out.maps, to, p, regions.maps, own, next); }
    out.start[++out.count] = corners;
  }
  out.corners = corners;
}

// The next layer's affine functions on a region's first piece, written from place `to` on; those
// of this layer are read from place `from` on.
var active = new Int32Array(256), shares = new Float64Array(768);
function fullMap(maps, to, on, own, from, rows, next) {
  var weights = next.w, number = 0;
  for (var j = 0; j < rows; j++) {
    if (on[j] === 0) { continue; }
    shares[3 * number] = own[from + 3 * j];
    shares[3 * number + 1] = own[from + 3 * j + 1];
    shares[3 * number + 2] = own[from + 3 * j + 2];
    active[number++] = j;
  }
  // Two neurons at a time, which share what they read; the last of an odd number twice.
  for (var i = 0; i < next.rows; i += 2) {
    var i2 = i + 1 < next.rows ? i + 1 : i, row = i * rows, row2 = i2 * rows;
    var a = 0, b = 0, c = next.b[i], a2 = 0, b2 = 0, c2 = next.b[i2];
    for (var k = 0, place = 0; k < number; k++, place += 3) {
      var weight = weights[row + active[k]], weight2 = weights[row2 + active[k]];
      var x = shares[place], y = shares[place + 1], z = shares[place + 2];
      a += weight * x; b += weight * y; c += weight * z;
      a2 += weight2 * x; b2 += weight2 * y; c2 += weight2 * z;
    }
    place = to + 3 * i;
    maps[place] = a; maps[place + 1] = b; maps[place + 2] = c;
    place = to + 3 * i2;
    maps[place] = a2; maps[place + 1] = b2; maps[place + 2] = c2;
  }
}

// On piece p: those of the first piece, and one neuron's share for each that differs.
function changedMap(maps, to, p, own, from, next) {
  var rows = work.rows, size = 3 * next.rows, start = to + p * size, weights = next.w;
  maps.copyWithin(start, to, to + size);
  for (var k = 0; k < work.meeting; k++) {
    var j = work.meets[k], change = work.on[p * rows + j] - work.on[j];
    if (change === 0) { continue; }
    var place = from + 3 * j;
    var a = change * own[place], b = change * own[place + 1], c = change * own[place + 2];
    for (var i = j, at = start; at < start + size; i += rows, at += 3) {
      maps[at] += weights[i] * a;
      maps[at + 1] += weights[i] * b;
      maps[at + 2] += weights[i] * c;
    }
  }
}

function areaOf(regions, r) {
  var twice = 0, last = regions.start[r + 1] - 1;
  for (var i = regions.start[r]; i <= last; i++) {
    var k = i < last ? i + 1 : regions.start[r];
    twice += regions.x[i] * regions.y[k] - regions.x[k] * regions.y[i];
  }
  return twice / 2;
}

window.linregCut = {
  cut: cut, newMemory: newMemory, randomLayers: randomLayers, valueAt: valueAt, areaOf: areaOf
};
})();
