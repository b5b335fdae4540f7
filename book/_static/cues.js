// Marks formulas in running text that are wider than their line, so that they scroll and show it.
(function () {
"use strict";

function look() {
  document.querySelectorAll(".bd-content span.math").forEach(function (formula) {
    var inner = formula.querySelector("mjx-container"), line = formula.parentElement;
    if (!inner || !line) { return; }
    var wide = inner.getBoundingClientRect().width > formula.clientWidth + 1;
    formula.classList.toggle("linreg-wide", wide && formula.clientWidth > 0);
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
