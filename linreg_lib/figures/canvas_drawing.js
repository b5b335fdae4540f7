// Regions on a WebGL 2 stage.

var VERTEX = "#version 300 es\n" +
  "uniform mat3 turn; uniform vec3 pan; uniform float zoom; uniform vec2 fit, shift;\n" +
  "in vec3 place; in uint region; flat out uint owner; out vec3 where; out vec3 seen;\n" +
  "void main() { owner = region; where = place; seen = turn * place;\n" +
  "  gl_Position = vec4((seen.xy - pan.xy) * zoom * fit + shift, -0.5 * seen.z, 1.0); }";
var FRAGMENT = "#version 300 es\n" +
  "precision highp float; precision highp int;\n" +
  "uniform sampler2D colours; uniform int mode; uniform uint chosen; uniform vec4 knife, ink;\n" +
  "flat in uint owner; in vec3 where; in vec3 seen; out vec4 colour;\n" +
  "void main() {\n" +
  "  if (dot(where, knife.xyz) > knife.w) { discard; }\n" +
  "  if (mode == 1) { uint n = owner + 1u; colour = vec4(n & 255u, (n >> 8) & 255u,\n" +
  "    (n >> 16) & 255u, (n >> 24) & 255u) / 255.0; return; }\n" +
  "  if (mode == 2) { colour = vec4(ink.rgb * ink.a, ink.a); return; }\n" +
  "  vec3 paint = texelFetch(colours, ivec2(owner & 1023u, owner >> 10), 0).rgb;\n" +
  "  if (owner == chosen) { paint = vec3(0.835, 0.369, 0.0); }\n" +
  "  if (mode == 3) { vec3 n = normalize(cross(dFdx(seen), dFdy(seen)));\n" +
  "    paint *= 0.72 + 0.28 * abs(dot(n, vec3(0.3, 0.5, 0.81))); }\n" +
  "  colour = vec4(paint, 1.0); }";
var UNIFORMS = ["turn", "pan", "zoom", "fit", "shift", "colours", "mode", "chosen", "knife", "ink"];

function program(gl) {
  var built = gl.createProgram();
  [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]].forEach(function (pair) {
    var shader = gl.createShader(pair[0]);
    gl.shaderSource(shader, pair[1]);
    gl.compileShader(shader);
    gl.attachShader(built, shader);
  });
  gl.bindAttribLocation(built, 0, "place");
  gl.bindAttribLocation(built, 1, "region");
  gl.linkProgram(built);
  if (!gl.getProgramParameter(built, gl.LINK_STATUS)) {
    throw new Error("shader: " + gl.getProgramInfoLog(built));
  }
  var at = {};
  UNIFORMS.forEach(function (name) { at[name] = gl.getUniformLocation(built, name); });
  gl.useProgram(built);
  gl.vertexAttribI4ui(1, 0, 0, 0, 0);  // lines have no owners, but the shader reads a whole number
  return at;
}

// One drawable: corners with or without owners, as triangles (by index or not) or lines.
function drawable(gl, dim, kind) {
  var array = gl.createVertexArray();
  var buffers = [0, 1, 2].map(function () { return gl.createBuffer(); });
  var count = 0, indexed = false;
  return {
    fill: function (places, owners, indices) {
      gl.bindVertexArray(array);
      gl.bindBuffer(gl.ARRAY_BUFFER, buffers[0]);
      gl.bufferData(gl.ARRAY_BUFFER, places, gl.DYNAMIC_DRAW);
      gl.enableVertexAttribArray(0);
      gl.vertexAttribPointer(0, dim, gl.FLOAT, false, 0, 0);
      if (owners) {
        gl.bindBuffer(gl.ARRAY_BUFFER, buffers[1]);
        gl.bufferData(gl.ARRAY_BUFFER, owners, gl.DYNAMIC_DRAW);
        gl.enableVertexAttribArray(1);
        gl.vertexAttribIPointer(1, 1, gl.UNSIGNED_INT, 0, 0);
      }
      indexed = !!indices;
      if (indexed) {
        gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, buffers[2]);
        gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, indices, gl.DYNAMIC_DRAW);
      }
      count = indexed ? indices.length : places.length / dim;
      gl.bindVertexArray(null);
    },
    draw: function () {
      if (!count) { return; }
      gl.bindVertexArray(array);
      if (indexed) { gl.drawElements(kind, count, gl.UNSIGNED_INT, 0); }
      else { gl.drawArrays(kind, 0, count); }
    }
  };
}

// A stage with a complex on it.  It draws what `state` says: view {yaw, pitch, x, y, zoom},
// knife {normal, offset}, chosen (a region or NONE).
var NONE = 0xffffffff;

function scene(stage, header, cx, state) {
  var gl = stage.getContext("webgl2", { antialias: true, alpha: true });
  if (!gl) { throw new Error("no WebGL 2"); }
  var at = program(gl), solid = cx.dim === 3, walls = [], ids = null, asked = false, frames = 0;
  for (var f = 0; f + 1 < cx.offsets.length; f++) {
    if (!solid || cx.second[f] < 0) { walls.push(f); }
  }
  var shape = shapeOf(cx, walls);
  var fills = drawable(gl, cx.dim, gl.TRIANGLES), lines = drawable(gl, cx.dim, gl.LINES);
  var capFills = drawable(gl, 3, gl.TRIANGLES), capLines = drawable(gl, 3, gl.LINES);
  var outline = drawable(gl, cx.dim, gl.LINES), texture = gl.createTexture();
  fills.fill(shape.places, shape.owners, shape.triangles);
  lines.fill(shape.sides);
  shape = null;

  function turned() {
    if (!solid) { return [1, 0, 0, 0, 1, 0, 0, 0, 1]; }
    var yaw = state.view.yaw, pitch = state.view.pitch;
    var c = Math.cos(yaw), s = Math.sin(yaw), p = Math.cos(pitch), q = Math.sin(pitch);
    // Rows: right, up, towards the reader; the third coordinate points up at pitch 0.
    return [c, -s, 0, q * s, q * c, p, -p * s, -p * c, q];
  }

  function fit() {
    var w = stage.clientWidth || 1, h = stage.clientHeight || 1;
    if (solid) { return [0.6 * Math.min(1, h / w), 0.6 * Math.min(1, w / h)]; }
    var half = header.half_sides, unit = 0.98 * Math.min(w / half[0], h / half[1]);
    return [unit / w, unit / h];
  }

  function matrix(rows) {  // columns first, as GL reads them
    return [rows[0], rows[3], rows[6], rows[1], rows[4], rows[7], rows[2], rows[5], rows[8]];
  }

  function lineStrength() {  // lines fade as regions get small on the screen
    var across = Math.max(stage.clientWidth, 1) * state.view.zoom * 0.9;
    var size = across / Math.pow(cx.count, 1 / cx.dim);
    return Math.max(0.05, Math.min(0.85, size / 18));
  }

  function setView(small) {
    gl.uniformMatrix3fv(at.turn, false, matrix(turned()));
    gl.uniform3f(at.pan, state.view.x, state.view.y, 0);
    gl.uniform1f(at.zoom, state.view.zoom);
    gl.uniform2fv(at.fit, fit());
    gl.uniform2f(at.shift, 0, 0);
    gl.uniform1ui(at.chosen, small ? NONE : state.chosen);
    gl.clearColor(0, 0, 0, 0);
    gl.enable(gl.DEPTH_TEST);
    gl.depthFunc(gl.LEQUAL);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.disable(gl.BLEND);
  }

  // The walls are cut away by the knife; the cap lies on it and is drawn whole.
  function useKnife(on) {
    var n = state.knife.normal;
    if (solid && on) { gl.uniform4f(at.knife, n[0], n[1], n[2], state.knife.offset + 1e-6); }
    else { gl.uniform4f(at.knife, 0, 0, 0, 1); }
  }

  function drawFills(mode) {
    gl.enable(gl.POLYGON_OFFSET_FILL);
    gl.polygonOffset(1, 1);
    gl.uniform1i(at.mode, mode === 0 && solid ? 3 : mode);
    useKnife(true);
    fills.draw();
    if (solid) {
      gl.uniform1i(at.mode, mode);
      useKnife(false);
      capFills.draw();
    }
    gl.disable(gl.POLYGON_OFFSET_FILL);
  }

  function draw() {
    asked = false;
    var ratio = Math.min(window.devicePixelRatio || 1, 2);
    var w = Math.max(1, Math.round(stage.clientWidth * ratio));
    var h = Math.max(1, Math.round(stage.clientHeight * ratio));
    if (stage.width !== w || stage.height !== h) { stage.width = w; stage.height = h; }
    gl.viewport(0, 0, w, h);
    setView(false);
    drawFills(0);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.uniform1i(at.mode, 2);
    gl.uniform4f(at.ink, 0.1, 0.1, 0.1, lineStrength());
    useKnife(true);
    lines.draw();
    if (solid) { useKnife(false); capLines.draw(); }
    if (state.chosen !== NONE) {
      gl.disable(gl.DEPTH_TEST);
      useKnife(false);
      gl.uniform4f(at.ink, 0.1, 0.1, 0.1, 1);
      for (var k = 0; k < 4; k++) {  // lines are one pixel wide: drawn four times they are bolder
        gl.uniform2f(at.shift, (k & 1 ? 1 : -1) / w, (k & 2 ? 1 : -1) / h);
        outline.draw();
      }
    }
    stage.dataset.frames = String(++frames);
  }

  function redraw(moved) {
    if (moved !== false) { ids = null; }
    if (!asked) { asked = true; requestAnimationFrame(draw); }
  }

  // Pointing: a picture of region numbers, made when first asked after a move.
  var target = null;
  function numbersSeen() {
    if (ids) { return ids; }
    var w = Math.max(1, stage.clientWidth), h = Math.max(1, stage.clientHeight);
    if (!target || target.w !== w || target.h !== h) {
      if (target) {
        gl.deleteFramebuffer(target.frame);
        gl.deleteRenderbuffer(target.colour);
        gl.deleteRenderbuffer(target.depth);
      }
      target = { w: w, h: h, frame: gl.createFramebuffer(),
        colour: gl.createRenderbuffer(), depth: gl.createRenderbuffer() };
      gl.bindFramebuffer(gl.FRAMEBUFFER, target.frame);
      gl.bindRenderbuffer(gl.RENDERBUFFER, target.colour);
      gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, w, h);
      gl.framebufferRenderbuffer(
        gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, target.colour);
      gl.bindRenderbuffer(gl.RENDERBUFFER, target.depth);
      gl.renderbufferStorage(gl.RENDERBUFFER, gl.DEPTH_COMPONENT24, w, h);
      gl.framebufferRenderbuffer(
        gl.FRAMEBUFFER, gl.DEPTH_ATTACHMENT, gl.RENDERBUFFER, target.depth);
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.frame);
    gl.viewport(0, 0, w, h);
    setView(true);
    drawFills(1);
    var bytes = new Uint8Array(4 * w * h);
    gl.readPixels(0, 0, w, h, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    ids = { w: w, h: h, numbers: new Uint32Array(bytes.buffer) };
    return ids;
  }

  return {
    turned: turned, fit: fit, redraw: redraw,
    regionAt: function (x, y) {
      var seen = numbersSeen(), column = Math.floor(x), row = seen.h - 1 - Math.floor(y);
      if (column < 0 || row < 0 || column >= seen.w || row >= seen.h) { return NONE; }
      var number = seen.numbers[row * seen.w + column];
      return number ? number - 1 : NONE;
    },
    openAt: function (found) {
      capFills.fill(found.places, found.owners);
      capLines.fill(found.sides);
      redraw();
    },
    outlined: function (sides) { outline.fill(sides); redraw(false); },
    painted: function (texels, rows) {
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 1024, rows, 0, gl.RGBA, gl.UNSIGNED_BYTE, texels);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
      redraw(false);
    }
  };
}
