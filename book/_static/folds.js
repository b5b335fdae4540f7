// A link to something folded opens the folds around it; not every browser does so by itself.
(function () {
"use strict";

function unfold() {
  var name = decodeURIComponent(location.hash.slice(1));
  var target = name ? document.getElementById(name) : null;
  var fold = target && target.parentElement.closest("details:not([open])");
  if (!fold) { return; }
  for (; fold; fold = fold.parentElement.closest("details")) { fold.open = true; }
  target.scrollIntoView();
}

window.addEventListener("hashchange", unfold);
window.addEventListener("load", unfold);
})();
