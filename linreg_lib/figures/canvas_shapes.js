// Arrays of a packed complex, and the shapes to draw that follow from them.

// Unpacking ----------------------------------------------------------------------------------

var KINDS = { uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, float32: Float32Array };

async function unpacked(header, text) {
  var binary = atob(text.trim()), bytes = new Uint8Array(binary.length);
  for (var i = 0; i < binary.length; i++) { bytes[i] = binary.charCodeAt(i); }
  var stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  var raw = new Uint8Array(await new Response(stream).arrayBuffer());
  var arrays = {}, start = 0;
  header.arrays.forEach(function (each) {
    var kind = KINDS[each.type], size = kind.BYTES_PER_ELEMENT;
    var count = each.shape.reduce(function (a, b) { return a * b; }, 1);
    var whole = new Uint8Array(count * size);  // little-endian, as all browsers are
    for (var plane = 0; plane < size; plane++) {
      for (var k = 0; k < count; k++) { whole[k * size + plane] = raw[start++]; }
    }
    arrays[each.name] = new kind(whole.buffer);
  });
  return arrays;
}

function corners(stored) {
  var numbers = new Uint32Array(stored.length), known = 0;
  for (var i = 0; i < stored.length; i++) {
    numbers[i] = known - stored[i];
    if (stored[i] === 0) { known++; }
  }
  return numbers;
}

function running(sizes) {
  var offsets = new Uint32Array(sizes.length + 1);
  for (var i = 0; i < sizes.length; i++) { offsets[i + 1] = offsets[i] + sizes[i]; }
  return offsets;
}

// Shapes: plain arrays from the complex --------------------------------------------------------

function complexFrom(header, arrays) {
  var cx = {
    dim: header.dim, count: header.num_regions, points: arrays.vertices,
    corners: corners(arrays.corners), offsets: running(arrays.sizes)
  };
  var faces = arrays.sizes.length, f;
  if (cx.dim === 2) {
    cx.first = new Uint32Array(faces);
    for (f = 0; f < faces; f++) { cx.first[f] = f; }
    return cx;
  }
  cx.first = running(arrays.first_sides).slice(1);
  cx.second = new Int32Array(faces);
  var sizes = new Uint32Array(cx.count);
  for (f = 0; f < faces; f++) {
    cx.second[f] = arrays.second_sides[f] ? cx.first[f] + arrays.second_sides[f] : -1;
    sizes[cx.first[f]]++;
    if (cx.second[f] >= 0) { sizes[cx.second[f]]++; }
  }
  cx.facetOffsets = running(sizes);
  cx.facets = new Uint32Array(cx.facetOffsets[cx.count]);
  var next = cx.facetOffsets.slice();
  for (f = 0; f < faces; f++) {
    cx.facets[next[cx.first[f]]++] = f;
    if (cx.second[f] >= 0) { cx.facets[next[cx.second[f]]++] = f; }
  }
  return cx;
}

function facesOf(cx, region) {
  if (cx.dim === 2) { return [region]; }
  return cx.facets.subarray(cx.facetOffsets[region], cx.facetOffsets[region + 1]);
}

// Triangles and sides of chosen faces; each side once, though two faces share it.
function shapeOf(cx, faces) {
  var places = [], owners = [], triangles = [], keys = [], dim = cx.dim, f, i;
  var number = cx.points.length / dim;
  for (var n = 0; n < faces.length; n++) {
    f = faces[n];
    var from = cx.offsets[f], to = cx.offsets[f + 1], base = owners.length;
    for (i = from; i < to; i++) {
      var a = cx.corners[i], b = cx.corners[i + 1 < to ? i + 1 : from];
      for (var k = 0; k < dim; k++) { places.push(cx.points[dim * a + k]); }
      owners.push(cx.first[f]);
      keys.push(Math.min(a, b) * number + Math.max(a, b));
      if (i > from + 1) { triangles.push(base, base + i - from - 1, base + i - from); }
    }
  }
  keys = Float64Array.from(keys).sort();
  var sides = [];
  for (i = 0; i < keys.length; i++) {
    if (i && keys[i] === keys[i - 1]) { continue; }
    var low = Math.floor(keys[i] / number), high = keys[i] % number;
    for (k = 0; k < dim; k++) { sides.push(cx.points[dim * low + k]); }
    for (k = 0; k < dim; k++) { sides.push(cx.points[dim * high + k]); }
  }
  return {
    places: new Float32Array(places), owners: new Uint32Array(owners),
    triangles: new Uint32Array(triangles), sides: new Float32Array(sides)
  };
}

// The cut: every facet that the plane crosses gives a segment to the region on either side; a
// region's section is the fan of its segments from their middle.
function sectionOf(cx, normal, offset) {
  var points = cx.points, number = points.length / 3, heights = new Float64Array(number);
  for (var v = 0; v < number; v++) {
    heights[v] = normal[0] * points[3 * v] + normal[1] * points[3 * v + 1] +
      normal[2] * points[3 * v + 2] - offset;
  }
  var ends = [], facets = [], f, i, k;
  for (f = 0; f + 1 < cx.offsets.length; f++) {
    var from = cx.offsets[f], to = cx.offsets[f + 1], crossed = 0;
    for (i = from; i < to; i++) {
      var a = cx.corners[i], b = cx.corners[i + 1 < to ? i + 1 : from];
      if ((heights[a] < 0) === (heights[b] < 0)) { continue; }
      var low = Math.min(a, b), high = Math.max(a, b);
      var along = heights[low] / (heights[low] - heights[high]);
      for (k = 0; k < 3; k++) {
        ends.push(points[3 * low + k] + along * (points[3 * high + k] - points[3 * low + k]));
      }
      if (++crossed % 2 === 0) { facets.push(f); }
    }
  }
  var middles = new Map();
  function visit(region, s) {
    var middle = middles.get(region);
    if (!middle) { middles.set(region, middle = [0, 0, 0, 0]); }
    for (var k = 0; k < 3; k++) { middle[k] += ends[6 * s + k] + ends[6 * s + 3 + k]; }
    middle[3] += 2;
  }
  for (i = 0; i < facets.length; i++) {
    visit(cx.first[facets[i]], i);
    if (cx.second[facets[i]] >= 0) { visit(cx.second[facets[i]], i); }
  }
  var places = [], owners = [];
  function fan(region, s) {
    var middle = middles.get(region);
    for (var k = 0; k < 3; k++) { places.push(middle[k] / middle[3]); }
    for (k = 0; k < 6; k++) { places.push(ends[6 * s + k]); }
    owners.push(region, region, region);
  }
  for (i = 0; i < facets.length; i++) {
    fan(cx.first[facets[i]], i);
    if (cx.second[facets[i]] >= 0) { fan(cx.second[facets[i]], i); }
  }
  return {
    places: new Float32Array(places), owners: new Uint32Array(owners),
    sides: new Float32Array(ends), met: middles.size
  };
}
