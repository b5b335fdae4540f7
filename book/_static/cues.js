// Marks formulas in running text that are wider than their line, so that they scroll and show it.
(function () {
"use strict";

function look() {
  document.querySelectorAll(".bd-content :is(span.math, .mathjax_process)").forEach(function (formula) {
    var inner = formula.querySelector("mjx-container"), line = formula.parentElement;
    if (!inner || !line) { return; }
    // Those of tables and boxes are inline: their line says how much room there is.
    var room = formula.matches("span.math") ? formula.clientWidth : line.clientWidth;
    var wide = inner.getBoundingClientRect().width > room + 1;
    formula.classList.toggle("linreg-wide", wide && room > 0);
    if (wide) { formula.tabIndex = 0; } else { formula.removeAttribute("tabindex"); }
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
