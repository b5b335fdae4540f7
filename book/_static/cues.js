// Marks formulas in running text that are wider than their line, so that they scroll and show it,
// and keeps the punctuation behind a formula on its line.
(function () {
"use strict";

function mark(scroller, formula, room) {
  var wide = room > 0 && formula.getBoundingClientRect().width > room + 1;
  scroller.classList.toggle("linreg-wide", wide);
  if (wide) { scroller.tabIndex = 0; } else { scroller.removeAttribute("tabindex"); }
}

// A line may break behind a formula, even before a comma: formula and comma become one piece.
function glue(formula) {
  var piece = formula.closest("span.math, span.mathjax_process") || formula;
  var next = piece.nextSibling;
  var found = next && next.nodeType === Node.TEXT_NODE && /^[.,;:!?)\]’”]+/.exec(next.data);
  if (!found) { return; }
  next.splitText(found[0].length);
  var together = document.createElement("span");
  together.className = "linreg-together";
  piece.before(together);
  together.append(piece, next);
}

function look() {
  document.querySelectorAll(".bd-content mjx-container").forEach(function (formula) {
    var text = formula.closest("span.math");
    if (text) { mark(text, formula, text.clientWidth); return; }
    // Those of tables and boxes are inline: their line says how much room there is.
    var line = formula.closest(".mathjax_process") && formula.closest("p, li, td, th, div");
    if (!line) { return; }
    formula.classList.remove("linreg-wide");
    mark(formula, formula, line.clientWidth);
  });
}

window.addEventListener("load", function () {
  var typeset = window.MathJax && window.MathJax.startup && window.MathJax.startup.promise;
  Promise.resolve(typeset).then(function () {
    document.querySelectorAll(".bd-content mjx-container:not([display])").forEach(glue);
    look();
  });
  document.addEventListener("linreg-reflow", look);
  var waiting = 0;
  window.addEventListener("resize", function () {
    clearTimeout(waiting);
    waiting = setTimeout(look, 150);
  });
});
})();
