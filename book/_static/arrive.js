// Whoever comes by an address with a place (#...) gets there, and stays there while formulas are
// set, pictures arrive and tables find their form, all of which moves what stands below them.
(function () {
"use strict";

var SETTLES = 3000;  // milliseconds in which a page may still move after all is there

var watching = false, until = Infinity;

function place() {
  try { return document.getElementById(decodeURIComponent(location.hash.slice(1))); }
  catch (error) { return null; }
}

function go() {
  if (!watching) { return; }
  if (performance.now() > until) { watching = false; return; }
  var found = location.hash.length > 1 && place();
  if (found) { found.scrollIntoView({ block: "start", behavior: "instant" }); }
}

// The reader has taken over.
function leave() { watching = false; }

function isFresh() {
  var how = performance.getEntriesByType("navigation")[0];
  return !how || how.type === "navigate";  // who comes back or reloads is put where she was
}

function start() {
  ["wheel", "touchmove", "pointerdown", "mousedown", "keydown"].forEach(function (kind) {
    window.addEventListener(kind, leave, { capture: true, passive: true });
  });
  watching = isFresh();
  go();
  new ResizeObserver(go).observe(document.querySelector("article") || document.body);
  // A link within the page: pictures on the way there load only now.
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[href]");
    if (!link || !link.hash || link.href.split("#")[0] !== location.href.split("#")[0]) { return; }
    setTimeout(function () {
      if (link.hash !== location.hash) { return; }
      watching = true;
      until = performance.now() + SETTLES;
    });
  });
}

document.addEventListener("DOMContentLoaded", start);
window.addEventListener("load", function () {
  var typeset = window.MathJax && window.MathJax.startup && window.MathJax.startup.promise;
  Promise.all([typeset, document.fonts && document.fonts.ready]).then(function () {
    go();
    until = Math.min(until, performance.now() + SETTLES);
  });
});
})();
