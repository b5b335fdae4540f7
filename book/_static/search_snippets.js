// Search results show a page's text as a reader would see it: formulas in plain characters, not in
// the commands that they are typeset from.

(function () {
"use strict";

var SIGNS = {
  alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", varepsilon: "ε", zeta: "ζ", eta: "η",
  theta: "θ", kappa: "κ", lambda: "λ", mu: "μ", nu: "ν", xi: "ξ", pi: "π", rho: "ρ", sigma: "σ",
  tau: "τ", phi: "φ", varphi: "φ", chi: "χ", psi: "ψ", omega: "ω", Gamma: "Γ", Delta: "Δ",
  Theta: "Θ", Lambda: "Λ", Pi: "Π", Sigma: "Σ", Phi: "Φ", Psi: "Ψ", Omega: "Ω", le: "≤", leq: "≤",
  ge: "≥", geq: "≥", ne: "≠", neq: "≠", approx: "≈", sim: "∼", equiv: "≡", times: "×", cdot: "·",
  pm: "±", to: "→", mapsto: "↦", infty: "∞", in: "∈", notin: "∉", subset: "⊂", subseteq: "⊆",
  cup: "∪", cap: "∩", sum: "∑", prod: "∏", int: "∫", partial: "∂", nabla: "∇", dots: "…",
  ldots: "…", cdots: "…", ell: "ℓ", mid: "|", lvert: "|", rvert: "|", lVert: "‖", rVert: "‖",
  lfloor: "⌊", rfloor: "⌋", lceil: "⌈", rceil: "⌉", langle: "⟨", rangle: "⟩", log: "log ",
  ln: "ln ", exp: "exp ", min: "min ", max: "max ", dim: "dim ", det: "det ", sqrt: "√", ll: "≪",
  gg: "≫", forall: "∀", exists: "∃", emptyset: "∅", setminus: "∖", circ: "∘", star: "⋆", wedge: "∧"
};
var RAISED = { 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹",
  "+": "⁺", "-": "⁻", n: "ⁿ", i: "ⁱ" };
var LOWERED = { 0: "₀", 1: "₁", 2: "₂", 3: "₃", 4: "₄", 5: "₅", 6: "₆", 7: "₇", 8: "₈", 9: "₉",
  "+": "₊", "-": "₋", n: "ₙ", i: "ᵢ", j: "ⱼ", k: "ₖ" };

// A group in braces, or one sign or command; and the rest.
function group(text) {
  var trimmed = text.replace(/^\s+/, "");
  if (trimmed[0] !== "{") {
    var one = /^(\\[a-zA-Z]+|\\.|[\s\S])/.exec(trimmed) || [""];
    return [one[0], trimmed.slice(one[0].length)];
  }
  for (var k = 0, depth = 0; k < trimmed.length; k++) {
    if (trimmed[k] === "\\") { k++; continue; }
    depth += (trimmed[k] === "{") - (trimmed[k] === "}");
    if (depth === 0) { return [trimmed.slice(1, k), trimmed.slice(k + 1)]; }
  }
  return [trimmed.slice(1), ""];
}

function script(inner, table, sign) {
  var plain = plainTex(inner), signs = Array.from(plain);
  if (signs.every(function (each) { return each in table; })) {
    return signs.map(function (each) { return table[each]; }).join("");
  }
  return sign + (signs.length > 1 ? "(" + plain + ")" : plain);
}

function bracketed(inner) {
  var plain = plainTex(inner);
  return /^[\w∞-]*$/.test(plain) ? plain : "(" + plain + ")";
}

function plainTex(tex) {
  var out = "", rest = tex, first, second, found;
  while (rest) {
    if ((found = /^\\(?:begin|end)\s*\{[^}]*\}(?:\{[^}]*\})?/.exec(rest))) {
      rest = rest.slice(found[0].length);
    } else if ((found = /^\\([dt]?frac|d?binom)(?![a-zA-Z])/.exec(rest))) {
      first = group(rest.slice(found[0].length));
      second = group(first[1]);
      rest = second[1];
      out += /binom/.test(found[1]) ?
        "C(" + plainTex(first[0]) + ", " + plainTex(second[0]) + ")" :
        bracketed(first[0]) + "/" + bracketed(second[0]) + (/^\w/.test(rest) ? " " : "");
    } else if ((found = /^\\([a-zA-Z]+)/.exec(rest))) {
      rest = rest.slice(found[0].length);
      out += SIGNS[found[1]] || (/^q?quad$/.test(found[1]) ? " " : "");
    } else if ((found = /^\\([\s\S])/.exec(rest))) {
      rest = rest.slice(found[0].length);
      out += /[{}|%$#&_]/.test(found[1]) ? found[1] : " ";
    } else if (rest[0] === "^" || rest[0] === "_") {
      first = group(rest.slice(1));
      out += script(first[0], rest[0] === "^" ? RAISED : LOWERED, rest[0]);
      rest = first[1];
    } else {
      out += /[{}&]/.test(rest[0]) ? "" : rest[0] === "~" ? " " : rest[0];
      rest = rest.slice(1);
    }
  }
  return out.replace(/\s+/g, " ").trim();
}

// Formulas in running text: \( .. \), \[ .. \], and $ .. $ in titles.
function plainText(text) {
  return text.replace(/\\\(([\s\S]*?)\\\)|\\\[([\s\S]*?)\\\]|\$([^$]+)\$/g,
    function (all, inline, display, dollars) {
      return " " + plainTex(inline || display || dollars || "") + " ";
    });
}

function mend() {
  if (typeof Search === "undefined" || !Search.htmlToText) { return; }
  var whole = Search.htmlToText;
  Search.htmlToText = function (html, anchor) {
    var page = new DOMParser().parseFromString(html, "text/html");
    // What is not prose: canvases' data, folded code, how the page was made.
    page.querySelectorAll(".linreg-canvas, .linreg-evolution, .linreg-provenance, details.hide")
      .forEach(function (part) { part.remove(); });
    // Piece by piece: a cell of the ledger holds paragraphs, whose words must stay apart.
    page.querySelectorAll(".math, .mathjax_process").forEach(function (place) {
      var pieces = page.createTreeWalker(place, NodeFilter.SHOW_TEXT), piece;
      while ((piece = pieces.nextNode())) { piece.data = plainText(piece.data); }
    });
    return whole.call(Search, page.documentElement.outerHTML, anchor);
  };
}
document.addEventListener("DOMContentLoaded", mend);
window.linregPlainTex = plainTex;
})();
