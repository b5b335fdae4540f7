// What the reader can do with a canvas.

function start(root, header, arrays) {
  var unit = Math.pow(header.scale, header.dim);
  arrays.measure = Float64Array.from(arrays.measure, function (value) { return value * unit; });
  var find = function (name) { return root.querySelector(".linreg-" + name); };
  var stage = find("stage"), told = find("told"), cross = find("cross"), number = find("number");
  var cx = complexFrom(header, arrays), solid = cx.dim === 3, pinned = false;
  var knife = { normal: [0, 0, 0], offset: 1 };
  var state = { view: null, knife: knife, chosen: NONE }, view;

  function home() {
    view = state.view = { yaw: -0.65, pitch: 0.45, x: 0, y: 0, zoom: 1 };
  }
  home();
  var set = scene(stage, header, cx, state);

  function choose(region, aloud) {
    told.setAttribute("aria-live", aloud ? "polite" : "off");
    if (region === state.chosen && told.textContent) { return; }
    state.chosen = region;
    root.dataset.region = region === NONE ? "" : String(region);
    told.textContent = region === NONE ? overall() : account(header, arrays, region);
    set.outlined(region === NONE ? new Float32Array(0) : shapeOf(cx, facesOf(cx, region)).sides);
  }

  function overall() {
    return plain(cx.count) + " regions. Point at one" + (solid ? ", or move the cut." : ".");
  }

  // The cut --------------------------------------------------------------------------------
  // `along` is where it lies along its axis, or along the line of sight that it was put across.
  var across = find("across"), depth = find("depth"), met = find("met"), along = 0;

  function axis() { return across.value === "view" ? -1 : Number(across.value); }

  function facing() {  // 1 or -1: the knife takes away the side that is nearer to the reader
    return axis() >= 0 && set.turned()[6 + axis()] < 0 ? -1 : 1;
  }

  function reach() {
    return knife.normal.reduce(function (sum, n, k) {
      return sum + Math.abs(n) * header.half_sides[k];
    }, 0);
  }

  function aim() {  // a new direction
    knife.normal = axis() < 0 ? set.turned().slice(6) : [0, 0, 0];
    if (axis() >= 0) { knife.normal[axis()] = facing(); }
  }

  function cutAt(place) {
    if (!solid) { return; }
    along = place;
    knife.offset = facing() * along;
    var found = sectionOf(cx, knife.normal, knife.offset);
    var words = plain(found.met) + " regions met";
    set.openAt(found);
    root.dataset.met = String(found.met);
    if (axis() >= 0) {
      var value = short(header.centre[axis()] + header.scale * along);
      words = "x" + "\u2081\u2082\u2083"[axis()] + " = " + value + ": " + words;
    }
    met.textContent = words;
    depth.value = 1000 * along / reach();
    depth.setAttribute("aria-valuetext", words);
  }

  function cutAcross() { if (solid) { aim(); cutAt(0); } }

  // Colours --------------------------------------------------------------------------------
  var colour = find("colour"), colourings = allColourings(header, arrays);
  var texelRows = Math.ceil(cx.count / 1024);
  colourings.forEach(function (each) { colour.add(new Option(each.label, each.key)); });
  colour.value = header.colour_by;

  function paint() {
    var picked = colourings.filter(function (each) { return each.key === colour.value; })[0];
    var texels = new Uint8Array(4 * 1024 * texelRows), shown = picked.paint(texels);
    set.painted(texels, texelRows);
    find("scale").hidden = !shown;
    if (shown) {
      find("low").textContent = (shown.log ? "\u2264 " : "") + short(shown.low);
      find("high").textContent = (shown.log ? "\u2265 " : "") + short(shown.high);
      var stops = [];
      for (var k = 0; k <= 8; k++) {
        var c = Math.round(k * 255 / 8) * 3, p = header.palette;
        stops.push("rgb(" + p[c] + "," + p[c + 1] + "," + p[c + 2] + ")");
      }
      find("bar").style.background = "linear-gradient(to right," + stops.join(",") + ")";
    }
  }

  // Moving ---------------------------------------------------------------------------------
  function placeAt(x, y) {  // where the view's plane is under a point of the stage
    var f = set.fit(), w = stage.clientWidth, h = stage.clientHeight;
    return [
      view.x + (2 * x / w - 1) / (view.zoom * f[0]), view.y + (1 - 2 * y / h) / (view.zoom * f[1])
    ];
  }

  function zoomBy(factor, x, y) {
    if (x === undefined) { x = stage.clientWidth / 2; y = stage.clientHeight / 2; }
    var before = placeAt(x, y);
    view.zoom = Math.max(0.5, Math.min(2e4, view.zoom * factor));
    var after = placeAt(x, y);
    view.x += before[0] - after[0];
    view.y += before[1] - after[1];
    set.redraw();
  }

  function moveBy(dx, dy) {
    var f = set.fit();
    view.x -= 2 * dx / stage.clientWidth / (view.zoom * f[0]);
    view.y += 2 * dy / stage.clientHeight / (view.zoom * f[1]);
    set.redraw();
  }

  function turnBy(dx, dy) {
    view.yaw += 0.01 * dx;
    view.pitch = Math.max(-1.57, Math.min(1.57, view.pitch + 0.01 * dy));
    if (axis() >= 0 && knife.normal[axis()] !== facing()) { aim(); cutAt(along); }
    set.redraw();
  }

  var fingers = new Map(), dragged = 0;
  function spot(event) {
    var box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }
  stage.addEventListener("pointerdown", function (event) {
    if (event.pointerType === "touch" && document.activeElement !== stage) { return; }
    fingers.set(event.pointerId, spot(event));
    stage.setPointerCapture(event.pointerId);
    dragged = 0;
  });
  stage.addEventListener("pointermove", function (event) {
    var now = spot(event), before = fingers.get(event.pointerId);
    cross.hidden = true;
    if (!before) {
      if (event.pointerType !== "touch" && !pinned) { choose(set.regionAt(now[0], now[1]), false); }
      return;
    }
    var dx = now[0] - before[0], dy = now[1] - before[1];
    dragged += Math.abs(dx) + Math.abs(dy);
    if (fingers.size === 2) {
      var other = Array.from(fingers).find(function (e) { return e[0] !== event.pointerId; })[1];
      var gap = Math.hypot(now[0] - other[0], now[1] - other[1]);
      var was = Math.hypot(before[0] - other[0], before[1] - other[1]);
      zoomBy(gap / Math.max(was, 1), other[0], other[1]);
    } else if (solid && !event.shiftKey) { turnBy(dx, dy); } else { moveBy(dx, dy); }
    fingers.set(event.pointerId, now);
  });
  function lifted(event) {
    var was = fingers.delete(event.pointerId);
    if (event.type === "pointerup" && (was ? dragged < 5 : true)) {
      var now = spot(event), region = set.regionAt(now[0], now[1]);
      pinned = region !== NONE && !(pinned && region === state.chosen);
      choose(region, true);
    }
  }
  stage.addEventListener("pointerup", lifted);
  stage.addEventListener("pointercancel", lifted);
  stage.addEventListener("pointerleave", function () {
    if (!pinned && !fingers.size && document.activeElement !== stage) { choose(NONE, false); }
  });
  stage.addEventListener("wheel", function (event) {
    if (document.activeElement !== stage && !event.ctrlKey) { return; }  // the page scrolls
    event.preventDefault();
    var now = spot(event);
    zoomBy(Math.exp(-0.0015 * event.deltaY * (event.deltaMode ? 20 : 1)), now[0], now[1]);
  }, { passive: false });

  function centreRead() {
    pinned = false;
    cross.hidden = false;
    cross.style.left = stage.offsetLeft + stage.clientWidth / 2 + "px";
    cross.style.top = stage.offsetTop + stage.clientHeight / 2 + "px";
    choose(set.regionAt(stage.clientWidth / 2, stage.clientHeight / 2), true);
  }
  function goHome() {
    home();
    set.redraw();
    cutAcross();
  }
  var STEP = 24, KEYS = {
    ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP]
  };
  stage.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    var step = KEYS[event.key];
    if (step && solid && !event.shiftKey) { turnBy(-step[0] / 2, -step[1] / 2); }
    else if (step) { moveBy(step[0], step[1]); }
    else if (event.key === "+" || event.key === "=") { zoomBy(1.25); }
    else if (event.key === "-") { zoomBy(0.8); }
    else if (event.key === "0" || event.key === "Home") { goHome(); }
    else if (solid && event.key === "[") { cutAt(along - reach() / 50); }
    else if (solid && event.key === "]") { cutAt(along + reach() / 50); }
    else if (event.key === "Escape") { stage.blur(); return; }
    else if (event.key !== "Enter" && event.key !== " ") { return; }
    event.preventDefault();
    centreRead();
  });
  // Pages may listen to arrow keys, too, and would open the next chapter.
  root.addEventListener("keydown", function (event) {
    if (event.key.startsWith("Arrow")) { event.stopPropagation(); }
  });
  stage.addEventListener("blur", function () { cross.hidden = true; });

  function show(region) {
    var seen = new Set(), low = [1e9, 1e9, 1e9], high = [-1e9, -1e9, -1e9], k;
    facesOf(cx, region).forEach(function (face) {
      for (var i = cx.offsets[face]; i < cx.offsets[face + 1]; i++) { seen.add(cx.corners[i]); }
    });
    var mean = [0, 0, 0];
    seen.forEach(function (v) {
      for (k = 0; k < cx.dim; k++) {
        var x = cx.points[cx.dim * v + k];
        low[k] = Math.min(low[k], x);
        high[k] = Math.max(high[k], x);
        mean[k] += x / seen.size;
      }
    });
    if (solid) {
      // Through the middle of the region, across the cut's own direction.
      var n = knife.normal, height = n[0] * mean[0] + n[1] * mean[1] + n[2] * mean[2];
      cutAt(facing() * height);
      var rows = set.turned();
      view.x = rows[0] * mean[0] + rows[1] * mean[1] + rows[2] * mean[2];
      view.y = rows[3] * mean[0] + rows[4] * mean[1] + rows[5] * mean[2];
    } else { view.x = mean[0]; view.y = mean[1]; }
    var width = Math.max(high[0] - low[0], high[1] - low[1], solid ? high[2] - low[2] : 0, 1e-9);
    view.zoom = Math.max(1, Math.min(2e4, 0.5 / width));
    pinned = true;
    choose(region, true);
    set.redraw();
  }
  number.addEventListener("change", function () {
    var region = Math.round(Number(number.value));
    if (number.value !== "" && region >= 0 && region < cx.count) { show(region); }
    else { told.textContent = "There are regions 0 to " + plain(cx.count - 1) + "."; }
  });

  find("in").addEventListener("click", function () { zoomBy(1.5); });
  find("out").addEventListener("click", function () { zoomBy(1 / 1.5); });
  find("home").addEventListener("click", function () {
    pinned = false;
    choose(NONE, true);
    goHome();
  });
  colour.addEventListener("change", paint);
  across.addEventListener("change", cutAcross);
  depth.addEventListener("input", function () { cutAt(reach() * Number(depth.value) / 1000); });
  stage.addEventListener("webglcontextlost", function () { root.dataset.state = "failed"; });
  find("help").textContent = (matchMedia("(pointer: coarse)").matches ?
    "Tap the picture first; then one finger " + (solid ? "turns" : "moves") + " it, two zoom." :
    "Drag to " + (solid ? "turn, with shift to move" : "move") +
    "; after a click the wheel zooms.") +
    " A click holds a region. Keys: arrows, +, \u2212, 0" + (solid ? ", [ and ] for the cut" : "") +
    ", Escape; a ring marks what is read out.";
  root.dataset.state = "ready";
  new ResizeObserver(function () { set.redraw(); }).observe(stage);
  paint();
  cutAcross();
  told.textContent = overall();
}

// Nothing is unpacked before the reader comes near; what fails leaves the picture in place.
function mount(root) {
  if (!root || root.dataset.state) { return; }
  root.dataset.state = "waiting";
  var watch = new IntersectionObserver(function (entries) {
    if (!entries.some(function (entry) { return entry.isIntersecting; })) { return; }
    watch.disconnect();
    var header = JSON.parse(root.querySelector(".linreg-header").textContent);
    unpacked(header, root.querySelector(".linreg-data").textContent)
      .then(function (arrays) { start(root, header, arrays); })
      .catch(function (error) {
        root.dataset.state = "failed";
        root.dataset.reason = String(error);
      });
  }, { rootMargin: "300px" });
  watch.observe(root);
}
