// What a region has to say, and what colours can mean.

function plain(count) { return String(count).replace(/\B(?=(\d{3})+$)/g, ","); }

var RAISED = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";

// Three digits, with a power of ten where zeros would be many.
function short(value) {
  var size = Math.abs(value), text;
  if (Number.isInteger(value) && size < 1e6) { text = plain(value); }
  else if (size >= 1e-3 && size < 1e6) {
    var rounded = Number(value.toPrecision(3));
    text = Number.isInteger(rounded) ? plain(rounded) : String(rounded);
  }
  else {
    var parts = value.toExponential(2).split("e");
    text = parts[0] + " \u00d7 10" + parts[1].replace("+", "").replace(/./g, function (digit) {
      return digit === "-" ? "\u207b" : RAISED[digit];
    });
  }
  return text.replace("-", "\u2212");
}

function account(header, arrays, region) {
  var parts = [(header.dim === 2 ? "area " : "volume ") + short(arrays.measure[region]),
    arrays.facets[region] + " facets"];
  Object.keys(header.values).forEach(function (key) {
    parts.push(header.values[key] + " " + short(arrays[key][region]));
  });
  var width = header.layers.reduce(function (sum, each) { return sum + each.breakpoints; }, 0);
  var start = region * width, layers = header.layers.map(function (layer) {
    var upper = Array.from(arrays.units.subarray(start, start += layer.breakpoints));
    if (upper.length === 1) { return upper[0] + " of " + layer.width; }
    var lowest = layer.width - upper.reduce(function (a, b) { return a + b; }, 0);
    return [lowest].concat(upper).join(" / ") + " of " + layer.width;
  });
  var relu = header.layers.every(function (layer) { return layer.breakpoints === 1; });
  return "Region " + plain(region) + ": " + parts.join(", ") + ". Units " +
    (relu ? "on" : "on each piece") + ", layer by layer: " + layers.join(", ") + ".";
}

function allColourings(header, arrays) {
  var count = header.num_regions;
  function bytes(name) {
    return function (texels) {
      for (var i = 0; i < count; i++) {
        for (var k = 0; k < 3; k++) { texels[4 * i + k] = arrays[name][3 * i + k]; }
        texels[4 * i + 3] = 255;
      }
      return null;
    };
  }
  // Linear from the smallest to the largest; or logarithmic, and then only the middle 96 per cent
  // are told apart, because a few slivers would take most of the scale.
  function scale(values, log) {
    return function (texels) {
      var sorted = Float64Array.from(values).sort();
      if (log) { sorted = sorted.filter(function (value) { return value > 0; }); }
      if (!sorted.length) { sorted = [1]; }
      var cut = log ? Math.floor(0.02 * sorted.length) : 0;
      var low = sorted[cut], high = sorted[sorted.length - 1 - cut];
      var from = log ? Math.log(low) : low, reach = (log ? Math.log(high) : high) - from || 1;
      for (var i = 0; i < count; i++) {
        var value = Math.min(Math.max(values[i], low), high);
        var step = 3 * Math.round(255 * ((log ? Math.log(value) : value) - from) / reach);
        for (var k = 0; k < 3; k++) { texels[4 * i + k] = header.palette[step + k]; }
        texels[4 * i + 3] = 255;
      }
      return { low: low, high: high, log: log };
    };
  }
  var width = header.layers.reduce(function (sum, each) { return sum + each.breakpoints; }, 0);
  var units = new Uint32Array(count);
  for (var i = 0; i < count * width; i++) { units[Math.floor(i / width)] += arrays.units[i]; }
  var all = [{ key: "region", label: "pattern", paint: bytes("rgb") }];
  if (arrays.linear) {
    all.push({ key: "linear", label: "linear region", paint: bytes("linear") });
  }
  var measure = header.dim === 2 ? "area" : "volume";
  all.push({ key: "volume", label: measure, paint: scale(arrays.measure, true) });
  all.push({ key: "facets", label: "facets", paint: scale(arrays.facets) });
  all.push({ key: "units", label: "units on", paint: scale(units) });
  Object.keys(header.values).forEach(function (key) {
    all.push({ key: key, label: header.values[key], paint: scale(arrays[key]) });
  });
  return all;
}
