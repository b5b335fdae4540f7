// Marks formulas in running text that are wider than their line, so that they scroll and show it.
(function () {
"use strict";

function mark(scroller, formula, room) {
  var wide = room > 0 && formula.getBoundingClientRect().width > room + 1;
  scroller.classList.toggle("linreg-wide", wide);
  if (wide) { scroller.tabIndex = 0; } else { scroller.removeAttribute("tabindex"); }
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
  Promise.resolve(typeset).then(look);
  var waiting = 0;
  window.addEventListener("resize", function () {
    clearTimeout(waiting);
    waiting = setTimeout(look, 150);
  });
});
})();
