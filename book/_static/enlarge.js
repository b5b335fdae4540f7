// A figure whose letters a narrow screen shows too small gets a button, and opens at a tap or from
// the keyboard, at a size that can be read.

(function () {
"use strict";

// Figures are drawn for a column of this width, with letters of at least 9 pixels.
var DRAWN_FOR = 640, SMALLEST = 0.85, number = 0;

function open(image) {
  var dialog = document.createElement("dialog");
  dialog.className = "linreg-large";
  dialog.setAttribute("aria-label", "Enlarged figure");
  dialog.innerHTML = '<div class="linreg-large-bar"><button type="button">Close</button></div>' +
    '<div class="linreg-large-view" tabindex="0"></div>';
  var large = document.createElement("img"), view = dialog.lastElementChild;
  large.src = image.currentSrc || image.src;
  large.alt = image.alt;
  large.style.width = Math.max(DRAWN_FOR, innerWidth) * 1.25 + "px";
  view.append(large);
  dialog.querySelector("button").addEventListener("click", function () { dialog.close(); });
  dialog.addEventListener("click", function (event) {
    if (event.target === dialog) { dialog.close(); }
  });
  dialog.addEventListener("close", function () {
    dialog.remove();
    var button = document.getElementById(image.dataset.enlargedBy);
    if (button && !button.hidden) { button.focus(); }
  });
  document.body.append(dialog);
  dialog.showModal();
}

function small(image) {
  var natural = Math.min(DRAWN_FOR, image.naturalWidth || DRAWN_FOR);
  return image.clientWidth > 0 && image.clientWidth < SMALLEST * natural;
}

function prepare(image) {
  var button = document.createElement("button");
  button.type = "button";
  button.className = "linreg-enlarge";
  button.id = image.dataset.enlargedBy = "linreg-enlarge-" + (++number);
  button.textContent = "Enlarge the figure";
  button.hidden = true;
  button.addEventListener("click", function () { open(image); });
  image.addEventListener("click", function () { if (small(image)) { open(image); } });
  var link = image.closest("a.image-reference");
  if (link) { link.addEventListener("click", function (event) { event.preventDefault(); }); }
  (link || image).after(button);
  function look() { button.hidden = !small(image); }
  new ResizeObserver(look).observe(image);
  image.addEventListener("load", look);
}

document.addEventListener("DOMContentLoaded", function () {
  var all = document.querySelectorAll(".bd-content figure img, .bd-content .cell_output img");
  all.forEach(function (image) {
    if (!image.closest(".linreg-canvas, .linreg-evolution, .animation")) { prepare(image); }
  });
});
})();
