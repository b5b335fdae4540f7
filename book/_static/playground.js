// A network to play with, drawn into every <div class="linreg-playground">: choose widths and seed,
// drag a neuron's line or a weight, and see the regions move.  No kernel, no network.

(function () {
"use strict";

var HALF = 1, MAX_LAYERS = 4, MAX_WIDTH = 48, NARROW = " ";
var START = { widths: [6, 6], seed: 7 };

function plain(number) { return String(number).replace(/\B(?=(\d{3})+$)/g, NARROW); }

var PAGE = "" +
  '<canvas class="lp-stage" tabindex="0" role="application"></canvas>' +
  '<p class="lp-count" role="status" aria-live="polite"></p>' +
  '<div class="lp-row"><label>Hidden layers <select class="lp-layers"></select></label>' +
  '<span class="lp-widths"></span></div>' +
  '<div class="lp-row"><label>Seed <input class="lp-seed" type="number" min="0" max="999999"' +
  ' step="1" autocomplete="off"></label>' +
  '<button type="button" class="lp-another">Another network</button>' +
  '<button type="button" class="lp-home">Undo my changes</button></div>' +
  '<div class="lp-row"><label>Neuron <select class="lp-neuron"></select></label>' +
  '<label>its <select class="lp-weight"></select></label>' +
  '<label class="lp-wide"><span class="lp-value"></span>' +
  '<input class="lp-slide" type="range" step="any" autocomplete="off"></label></div>' +
  '<p class="lp-help"></p>';

function mount(root) {
  if (root.dataset.state) { return; }
  root.dataset.state = "ready";
  root.innerHTML = PAGE;
  var find = function (name) { return root.querySelector(".lp-" + name); };
  var stage = find("stage"), pen = stage.getContext("2d"), tables = {};
  var widths = START.widths.slice(), seed = START.seed;
  var memory = window.linregCut.newMemory(), layers, regions, chosen = { layer: 0, neuron: 0, weight: 0 };

  // Drawing ----------------------------------------------------------------------------------
  // Twice as fine as the page's pixels when nothing moves; while something does, as fine as the
  // machine can draw sixty times a second.
  var asked = 0, rest = 0, picture = null, pixels = null, fine = 1;

  function redraw() {
    clearTimeout(rest);
    rest = setTimeout(function () { draw(2); }, 200);
    if (!asked) {
      asked = requestAnimationFrame(function () {
        var took = draw(fine);
        if (took > 15) { fine = Math.max(0.6, 0.8 * fine); }
        if (took < 8) { fine = Math.min(2, 1.25 * fine); }
      });
    }
  }

  function draw(scale) {
    cancelAnimationFrame(asked);
    asked = 0;
    var began = performance.now(), dark = isDark();
    var size = Math.max(64, Math.min(1400, Math.round(stage.clientWidth * scale)));
    regions = window.linregCut.cut(layers, HALF, memory);
    if (stage.width !== size) { stage.width = stage.height = size; picture = null; }
    if (!picture) {
      picture = pen.createImageData(size, size);
      pixels = new Uint32Array(picture.data.buffer);
    }
    tables[dark] = tables[dark] || window.linregPaint.colourTable(dark);
    window.linregPaint.paint(pixels, size, regions, HALF, tables[dark], 0xff1b1b1b);
    pen.putImageData(picture, 0, 0);
    drawChosen(size);
    root.dataset.regions = String(regions.count);
    root.dataset.frames = String(Number(root.dataset.frames || 0) + 1);
    tell();
    var took = performance.now() - began;
    root.dataset.milliseconds = took.toFixed(2);
    return took;
  }

  function isDark() {
    var theme = document.documentElement.dataset.theme;
    return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function number(layer, neuron) {  // counted through all layers
    return widths.slice(0, layer).reduce(function (sum, width) { return sum + width; }, neuron);
  }

  function drawChosen(size) {
    var own = number(chosen.layer, chosen.neuron), scale = size / (2 * HALF), s = regions.sides;
    pen.beginPath();
    for (var k = 0; k < regions.owners.length; k++) {
      if (regions.owners[k] !== own) { continue; }
      pen.moveTo((s[4 * k] + HALF) * scale, (HALF - s[4 * k + 1]) * scale);
      pen.lineTo((s[4 * k + 2] + HALF) * scale, (HALF - s[4 * k + 3]) * scale);
    }
    pen.lineCap = "round";
    [["#ffffff", 6], ["#b3005e", 3]].forEach(function (stroke) {
      pen.strokeStyle = stroke[0];
      pen.lineWidth = stroke[1] * size / stage.clientWidth;
      pen.stroke();
    });
    var ends = knob();
    if (!ends) { return; }
    pen.beginPath();
    pen.arc((ends.x + HALF) * scale, (HALF - ends.y) * scale, 8 * size / stage.clientWidth, 0, 7);
    pen.fillStyle = "#b3005e";
    pen.strokeStyle = "#ffffff";
    pen.fill();
    pen.stroke();
  }

  // A line of the first layer is straight: where to take hold to turn it, and about what.
  function knob() {
    if (chosen.layer > 0) { return null; }
    var all = [], own = chosen.neuron, s = regions.sides;
    for (var k = 0; k < regions.owners.length; k++) {
      if (regions.owners[k] === own) {
        all.push([s[4 * k], s[4 * k + 1]], [s[4 * k + 2], s[4 * k + 3]]);
      }
    }
    if (!all.length) { return null; }
    all.sort(function (p, q) { return p[0] - q[0] || p[1] - q[1]; });
    var p = all[0], q = all[all.length - 1];
    return {
      x: 0.15 * p[0] + 0.85 * q[0], y: 0.15 * p[1] + 0.85 * q[1],
      about: [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2]
    };
  }

  var told = 0;
  function tell() {
    var neurons = widths.reduce(function (sum, width) { return sum + width; }, 0);
    var words = plain(regions.count) + " regions from " + plain(neurons) + " neurons";
    var line = find("count");
    if (line.textContent === words) { return; }
    // A screen reader hears the last of many.
    line.setAttribute("aria-live", "off");
    line.textContent = words;
    clearTimeout(told);
    told = setTimeout(function () {
      line.setAttribute("aria-live", "polite");
      line.textContent = words + ".";
    }, 600);
  }

  // The network ------------------------------------------------------------------------------
  function fresh() {
    layers = window.linregCut.randomLayers(widths, seed, HALF);
    choose(Math.min(chosen.layer, widths.length - 1), 0);
  }

  function options(select, labels, value) {
    select.replaceChildren.apply(select, labels.map(function (label, k) {
      return new Option(label, k);
    }));
    select.value = String(value);
  }

  function showWidths() {
    find("widths").replaceChildren.apply(find("widths"), widths.map(function (width, l) {
      var label = document.createElement("label"), input = document.createElement("input");
      input.type = "number";
      input.min = 1;
      input.max = MAX_WIDTH;
      input.step = 1;
      input.value = width;
      input.autocomplete = "off";
      input.className = "lp-width";
      input.addEventListener("input", function () {
        var value = Math.round(Number(input.value));
        if (!(value >= 1 && value <= MAX_WIDTH)) { return; }
        widths[l] = value;
        fresh();
      });
      label.append("width " + (l + 1) + " ", input);
      return label;
    }));
  }

  function choose(layer, neuron) {
    chosen = { layer: layer, neuron: Math.max(0, Math.min(neuron, widths[layer] - 1)), weight: 0 };
    var labels = [];
    widths.forEach(function (width, l) {
      for (var j = 1; j <= width; j++) { labels.push(j + " of layer " + (l + 1)); }
    });
    options(find("neuron"), labels, number(chosen.layer, chosen.neuron));
    labels = ["bias"];
    for (var k = 1; k <= layers[layer].cols; k++) {
      labels.push(layer ? "weight of neuron " + k : "weight of x" + "₁₂"[k - 1]);
    }
    options(find("weight"), labels, 0);
    showValue();
    redraw();
  }

  function chooseNumber(which) {
    var all = number(widths.length, 0), left = (which + all) % all, l = 0;
    while (left >= widths[l]) { left -= widths[l++]; }
    choose(l, left);
  }

  function place() {  // the chosen number: its array and its place there
    var layer = layers[chosen.layer];
    if (!chosen.weight) { return [layer.b, chosen.neuron]; }
    return [layer.w, chosen.neuron * layer.cols + chosen.weight - 1];
  }

  function showValue() {
    var at = place(), value = at[0][at[1]], slide = find("slide"), most = Math.max(3, 2 * Math.abs(value));
    if (!(Number(slide.max) >= Math.abs(value) && Number(slide.max) <= 4 * most)) {
      slide.min = -most;
      slide.max = most;
    }
    slide.value = value;
    var text = value.toFixed(2).replace("-", "−");
    find("value").textContent = text;
    slide.setAttribute("aria-label", find("weight").selectedOptions[0].text);
    slide.setAttribute("aria-valuetext", text);
  }

  function change(array, index, value) {
    if (!Number.isFinite(value)) { return; }
    array[index] = Math.max(-50, Math.min(50, value));
    showValue();
    redraw();
  }

  function slopeSize() {  // how much the bias moves the chosen line by one step of a key
    var layer = layers[chosen.layer], sum = 0;
    for (var k = 0; k < layer.cols; k++) {
      sum += Math.pow(layer.w[chosen.neuron * layer.cols + k], 2);
    }
    return 0.02 * Math.sqrt(sum);
  }

  // The chosen line through a point, by its bias.
  function through(x, y) {
    var b = layers[chosen.layer].b, j = chosen.neuron;
    change(b, j, b[j] - window.linregCut.valueAt(layers, chosen.layer, j, x, y));
  }

  function turnTo(about, x, y) {
    var layer = layers[0], j = 2 * chosen.neuron, dx = x - about[0], dy = y - about[1];
    var length = Math.hypot(dx, dy), size = Math.hypot(layer.w[j], layer.w[j + 1]);
    if (length < 1e-3) { return; }
    var sign = layer.w[j] * -dy + layer.w[j + 1] * dx < 0 ? -1 : 1;
    layer.w[j] = -sign * size * dy / length;
    layer.w[j + 1] = sign * size * dx / length;
    through(about[0], about[1]);
  }

  // Pointer and keys -------------------------------------------------------------------------
  function spot(event) {
    var box = stage.getBoundingClientRect();
    return [
      HALF * (2 * (event.clientX - box.left) / box.width - 1),
      HALF * (1 - 2 * (event.clientY - box.top) / box.height)
    ];
  }

  // Whose line is nearest, if one is within reach.
  function nearest(x, y, reach) {
    var best = reach, found = -1, s = regions.sides;
    for (var k = 0; k < regions.owners.length; k++) {
      var ax = s[4 * k], ay = s[4 * k + 1], dx = s[4 * k + 2] - ax, dy = s[4 * k + 3] - ay;
      var t = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy);
      t = Math.max(0, Math.min(1, t));
      var far = Math.hypot(ax + t * dx - x, ay + t * dy - y);
      if (far < best) { best = far; found = regions.owners[k]; }
    }
    return found;
  }

  var held = null;
  stage.addEventListener("pointerdown", function (event) {
    // A finger scrolls the page until the picture has been tapped.
    if (event.pointerType === "touch" && document.activeElement !== stage) { return; }
    var at = spot(event), reach = (event.pointerType === "touch" ? 26 : 12) * 2 * HALF /
      stage.clientWidth, handle = knob();
    if (handle && Math.hypot(handle.x - at[0], handle.y - at[1]) < reach) {
      held = { about: handle.about };
    } else {
      var found = nearest(at[0], at[1], reach);
      if (found < 0) { return; }
      chooseNumber(found);
      held = {};
    }
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", function (event) {
    if (!held) { return; }
    var at = spot(event), inside = function (v) { return Math.max(-HALF, Math.min(HALF, v)); };
    if (held.about) { turnTo(held.about, at[0], at[1]); } else {
      through(inside(at[0]), inside(at[1]));
    }
  });
  ["pointerup", "pointercancel"].forEach(function (kind) {
    stage.addEventListener(kind, function () { held = null; });
  });

  function turnBy(angle) {
    var handle = knob();
    if (!handle) { return; }
    var dx = handle.x - handle.about[0], dy = handle.y - handle.about[1];
    turnTo(handle.about, handle.about[0] + dx * Math.cos(angle) - dy * Math.sin(angle),
      handle.about[1] + dx * Math.sin(angle) + dy * Math.cos(angle));
  }

  // Whatever is focused in here keeps its arrow keys: the page must not be turned by them.
  root.addEventListener("keydown", function (event) {
    if (event.key.startsWith("Arrow")) { event.stopPropagation(); }
  });
  stage.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    var b = layers[chosen.layer].b, own = number(chosen.layer, chosen.neuron);
    if (event.key === "ArrowRight") { chooseNumber(own + 1); }
    else if (event.key === "ArrowLeft") { chooseNumber(own - 1); }
    else if (event.key === "ArrowUp") { change(b, chosen.neuron, b[chosen.neuron] + slopeSize()); }
    else if (event.key === "ArrowDown") {
      change(b, chosen.neuron, b[chosen.neuron] - slopeSize());
    }
    else if (event.key === "[") { turnBy(0.05); }
    else if (event.key === "]") { turnBy(-0.05); }
    else if (event.key === "Escape") { stage.blur(); return; }
    else { return; }
    event.preventDefault();
  });

  // Controls ---------------------------------------------------------------------------------
  find("layers").addEventListener("change", function () {
    var wanted = Number(find("layers").value);
    while (widths.length < wanted) { widths.push(widths[widths.length - 1]); }
    widths.length = wanted;
    showWidths();
    fresh();
  });
  find("seed").addEventListener("input", function () {
    var value = Math.round(Number(find("seed").value));
    if (find("seed").value !== "" && value >= 0 && value <= 999999) { seed = value; fresh(); }
  });
  find("another").addEventListener("click", function () {
    find("seed").value = seed = (seed + 1) % 1000000;
    fresh();
  });
  find("home").addEventListener("click", fresh);
  find("neuron").addEventListener("change", function () {
    chooseNumber(Number(find("neuron").value));
  });
  find("weight").addEventListener("change", function () {
    chosen.weight = Number(find("weight").value);
    showValue();
  });
  find("slide").addEventListener("input", function () {
    var at = place();
    change(at[0], at[1], Number(find("slide").value));
  });
  stage.setAttribute("aria-label", "A square cut into the linear regions of a random ReLU network; " +
    "arrow keys left and right choose a neuron, up and down move its line, brackets turn it.");
  find("help").textContent = (matchMedia("(pointer: coarse)").matches ?
    "Tap the picture first, then drag a line." : "Drag any line; the dot turns it.") +
    " Deeper neurons bend where they cross earlier ones. Keys on the picture: ← → choose" +
    " a neuron, ↑ ↓ move its line, [ ] turn it. Weights are normal; each bias puts its" +
    " neuron's line through a random point of the square.";

  for (var k = 1; k <= MAX_LAYERS; k++) { find("layers").add(new Option(k, k)); }
  find("layers").value = String(widths.length);
  find("seed").value = seed;
  showWidths();
  fresh();
  new ResizeObserver(redraw).observe(stage);
  new MutationObserver(redraw).observe(
    document.documentElement, { attributes: true, attributeFilter: ["data-theme"] }
  );
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  root.linregLayers = function () { return layers; };
}

function mountAll() { document.querySelectorAll(".linreg-playground").forEach(mount); }
if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", mountAll); }
else { mountAll(); }
})();
