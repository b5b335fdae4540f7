// Tables that are wider than a phone.  Those that nearly fit stand closer; of the others each row
// becomes a block with the name of its column above each value, so that the last column, which
// often decides, is on the screen.  Readers without scripts scroll.
(function () {
"use strict";

var PLACES = ".bd-content .linreg-scroll > table, " +
  ".bd-content .pst-scrollable-table-container > table";
// Those that have a form of their own, and long lists whose first columns say enough.
var LEFT_ALONE = ".linreg-ledger, .linreg-compared, .linreg-found, .linreg-times, " +
  ".linreg-benchmarks";
var phone = window.matchMedia("(max-width: 600px)");
var rooms = new WeakMap();

function headsOf(table) {  // none if a cell spans several rows or columns
  var rows = table.tHead ? table.tHead.rows : [];
  if (rows.length !== 1 || table.querySelector("[colspan], [rowspan]")) { return []; }
  var num = rows[0].cells.length;
  var even = Array.from(table.tBodies).every(function (body) {
    return Array.from(body.rows).every(function (row) { return row.cells.length === num; });
  });
  return even && bodyRows(table).length ? Array.from(rows[0].cells) : [];
}

function bodyRows(table) {
  return Array.from(table.tBodies).flatMap(function (body) { return Array.from(body.rows); });
}

// Browsers forget that blocks are rows and cells: say it.
function say(table) {
  table.setAttribute("role", "table");
  table.querySelectorAll(":scope > :is(thead, tbody)").forEach(function (part) {
    part.setAttribute("role", "rowgroup");
    Array.from(part.rows).forEach(function (row) {
      row.setAttribute("role", "row");
      Array.from(row.cells).forEach(function (cell) {
        var head = part.tagName === "THEAD" ? "columnheader" : "rowheader";
        cell.setAttribute("role", cell.tagName === "TH" ? head : "cell");
      });
    });
  });
}

function name(table, heads) {  // the column's name, in each cell
  if (table.querySelector(".linreg-column")) { return; }
  bodyRows(table).forEach(function (row) {
    Array.from(row.cells).forEach(function (cell, k) {
      if (!heads[k].textContent.trim()) { return; }
      var told = document.createElement("span");
      told.className = "linreg-column";
      told.setAttribute("aria-hidden", "true");
      heads[k].childNodes.forEach(function (node) { told.append(node.cloneNode(true)); });
      told.querySelectorAll("[id], [tabindex]").forEach(function (each) {
        each.removeAttribute("id");
        each.removeAttribute("tabindex");
      });
      cell.prepend(told);
    });
  });
}

function width(element) {
  var range = document.createRange();
  range.selectNodeContents(element);
  return range.getBoundingClientRect().width;
}

// How much room each column but the first needs.  Its name may break, and so may what is long and
// no number: two lines of it are enough.
function needs(table, heads, long) {
  table.classList.add("linreg-natural");
  var found = heads.map(function (head, k) {
    return bodyRows(table).reduce(function (most, row) {
      var cell = row.cells[k], full = width(cell), breaks = cell.style.whiteSpace !== "nowrap";
      return Math.max(most, breaks && full > long ? full / 1.8 : full);
    }, Math.min(width(head), long));
  });
  table.classList.remove("linreg-natural");
  return found.slice(1);
}

function stack(table, heads) {
  var rem = parseFloat(getComputedStyle(document.body).fontSize);
  var wanted = needs(table, heads, 6 * rem);
  // Short values stand side by side, as many as there is room for.
  var least = wanted.reduce(function (most, need) {
    return need <= 6 * rem ? Math.max(most, need) : most;
  }, 3 * rem);
  name(table, heads);
  say(table);
  table.style.setProperty("--linreg-track", Math.ceil(least) + "px");
  table.classList.add("linreg-stacked");
  var rows = bodyRows(table), style = getComputedStyle(rows[0]);
  var tracks = style.gridTemplateColumns.split(" ");
  var gap = parseFloat(style.columnGap) || 0, track = parseFloat(tracks[0]) || 1;
  rows.forEach(function (row) {
    Array.from(row.cells).slice(1).forEach(function (cell, k) {
      var span = Math.ceil((wanted[k] + gap) / (track + gap));
      cell.style.gridColumn = span < tracks.length ? "span " + span : "1 / -1";
    });
  });
}

function look(table) {
  var room = table.parentElement.clientWidth, heads = headsOf(table);
  if (!room || rooms.get(table) === room || !heads.length) { return; }
  rooms.set(table, room);
  table.classList.remove("linreg-close", "linreg-stacked");
  if (!phone.matches || table.offsetWidth <= room + 1) { return; }
  table.classList.add("linreg-close");
  if (table.offsetWidth <= room + 1) { return; }
  table.classList.remove("linreg-close");
  stack(table, heads);
  document.dispatchEvent(new Event("linreg-reflow"));
}

window.addEventListener("load", function () {
  var typeset = window.MathJax && window.MathJax.startup && window.MathJax.startup.promise;
  Promise.resolve(typeset).then(function () {
    var resized = new ResizeObserver(function (entries) {
      requestAnimationFrame(function () {  // what it changes must not call it in the same round
        entries.forEach(function (entry) {
          var table = entry.target.querySelector(":scope > table");
          if (table) { look(table); }
        });
      });
    });
    document.querySelectorAll(PLACES).forEach(function (table) {
      if (!table.matches(LEFT_ALONE)) { resized.observe(table.parentElement); }
    });
  });
});
})();
