// The ledger's filters, search, addresses and copied links.  Without it the page is a plain table.

(function () {
"use strict";

var FIELDS = [
  ["paper", "Paper", "data-paper"],
  ["kind", "Kind", "data-kind"],
  ["verdict", "Verdict", "data-verdict"],
  ["chapter", "Chapter", "data-chapter"],
];

function make(tag, properties, children) {
  var element = document.createElement(tag);
  Object.keys(properties || {}).forEach(function (name) {
    if (name in element) { element[name] = properties[name]; }
    else { element.setAttribute(name, properties[name]); }
  });
  (children || []).forEach(function (child) { element.append(child); });
  return element;
}

function start(top) {
  var rows = Array.from(document.querySelectorAll("table.linreg-ledger > tbody > tr"));
  var controls = {}, counters = [];
  // What all rows repeat is made here: in the page it would weigh more than this script.
  rows.forEach(function (row) {
    var name = row.querySelector("th"), where = row.querySelector(".linreg-where");
    row.dataset.chapter = row.dataset.chapter || where.textContent;
    var here = make("a", { className: "linreg-here", href: "#" + row.id }, ["\u00b6"]);
    here.setAttribute("aria-label", "Address of this row");
    name.insertBefore(here, name.querySelector(".linreg-source"));
  });
  // What a search looks through, read before formulas are typeset.
  var texts = new Map(rows.map(function (row) {
    return [row, [row.dataset.id, row.dataset.chapter, row.textContent].join(" ").toLowerCase()];
  }));

  // What the reader asked for: one value a field, and words to search ------------------------
  function wanted() {
    var state = {};
    FIELDS.forEach(function (field) { state[field[0]] = controls[field[0]].value; });
    state.q = controls.q.value.trim();
    return state;
  }

  function isWanted(row, state, words) {
    return FIELDS.every(function (field) {
      return !state[field[0]] || row.getAttribute(field[2]) === state[field[0]];
    }) && words.every(function (word) { return texts.get(row).includes(word); });
  }

  function apply() {
    var state = wanted(), words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    var asked = Object.keys(state).some(function (name) { return state[name]; });
    var shown = 0;
    rows.forEach(function (row) {
      row.hidden = !isWanted(row, state, words);
      shown += row.hidden ? 0 : 1;
    });
    document.querySelectorAll(".linreg-ledger-part").forEach(function (part) {
      part.hidden = !part.querySelector("table.linreg-ledger > tbody > tr:not([hidden])");
    });
    document.querySelectorAll(".linreg-waiting").forEach(function (fold) {
      fold.hidden = Boolean(fold.querySelector(".linreg-ledger-part[hidden]"));
      if (!asked) { fold.open = false; }
      else if (state.verdict === "open" || state.q) { fold.open = !fold.hidden; }
    });
    document.querySelectorAll("section").forEach(function (section) {
      var parts = section.querySelectorAll(":scope > .linreg-ledger-part, :scope > .linreg-waiting");
      if (parts.length && section.querySelector("h2")) {
        section.hidden = Array.from(parts).every(function (part) { return part.hidden; });
      }
    });
    counters.forEach(function (counter) {
      counter.setAttribute("aria-pressed", String(counter.dataset.verdict === state.verdict));
    });
    controls.status.textContent = asked
      ? shown + " of " + rows.length + " statements" : rows.length + " statements";
    controls.reset.disabled = !asked;
    return state;
  }

  function remember(state) {
    var query = new URLSearchParams();
    Object.keys(state).forEach(function (name) { if (state[name]) { query.set(name, state[name]); } });
    var text = query.toString();
    try { history.replaceState(null, "", location.pathname + (text ? "?" + text : "")); }
    catch (error) { /* some browsers keep the address of a file as it is */ }
  }

  function changed() { remember(apply()); }

  function recall() {
    var query = new URLSearchParams(location.search);
    FIELDS.concat([["q"]]).forEach(function (field) {
      var control = controls[field[0]];
      control.value = query.get(field[0]) || "";
      if (control.value === "" && control.tagName === "SELECT") { control.selectedIndex = 0; }
    });
    apply();
    goToRow();
  }

  // An address with a row's name shows the row, whatever was filtered or folded.
  function goToRow() {
    var name = decodeURIComponent(location.hash.slice(1));
    var row = name && document.getElementById(name);
    if (!row || rows.indexOf(row) < 0) { return; }
    if (row.hidden) { clear(); apply(); }
    var fold = row.closest("details.linreg-waiting");
    if (fold) { fold.open = true; }
    row.scrollIntoView({ block: "start" });
  }

  function clear() {
    FIELDS.forEach(function (field) { controls[field[0]].selectedIndex = 0; });
    controls.q.value = "";
  }

  // The controls ------------------------------------------------------------------------------
  function choices(field) {
    var values = [], count = {};
    rows.forEach(function (row) {
      var value = row.getAttribute(field[2]);
      if (!(value in count)) { count[value] = 0; values.push(value); }
      count[value] += 1;
    });
    if (field[0] === "kind") { values.sort(); }
    var select = make("select", { id: "ledger-by-" + field[0], autocomplete: "off" },
      [make("option", { value: "" }, ["all"])]);
    values.forEach(function (value) {
      select.append(make("option", { value: value }, [value + " (" + count[value] + ")"]));
    });
    select.addEventListener("change", changed);
    controls[field[0]] = select;
    return make("label", {}, [field[1] + " ", select]);
  }

  controls.q = make("input", { type: "search", id: "ledger-search", autocomplete: "off" });
  controls.q.addEventListener("input", changed);
  controls.reset = make("button", { type: "button", className: "linreg-reset" }, ["Show all"]);
  controls.reset.addEventListener("click", function () { clear(); changed(); });
  controls.status = make("p", { className: "linreg-status", role: "status" });
  controls.status.setAttribute("aria-live", "polite");
  var bar = make("div", { className: "linreg-filters", role: "search" },
    FIELDS.map(choices).concat([
      make("label", { className: "linreg-search" }, ["Search ", controls.q]), controls.reset,
    ]));
  bar.setAttribute("aria-label", "Filter the ledger");
  top.append(bar, controls.status);

  top.querySelectorAll(".linreg-summary li[data-verdict]").forEach(function (item) {
    var button = make("button", { type: "button", className: "linreg-counter" },
      Array.from(item.childNodes));
    button.dataset.verdict = item.dataset.verdict;
    button.addEventListener("click", function () {
      var again = controls.verdict.value === button.dataset.verdict;
      controls.verdict.value = again ? "" : button.dataset.verdict;
      changed();
    });
    item.append(button);
    counters.push(button);
  });

  // A link to a row is copied as well as followed ----------------------------------------------
  document.querySelectorAll(".linreg-here").forEach(function (link) {
    link.addEventListener("click", function (event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) { return; }
      if (!navigator.clipboard) { return; }
      event.preventDefault();
      var address = location.href.split(/[?#]/)[0] + link.getAttribute("href");
      navigator.clipboard.writeText(address).then(function () {
        link.classList.add("linreg-copied");
        controls.status.textContent = "Address copied: " + link.getAttribute("href");
        setTimeout(function () { link.classList.remove("linreg-copied"); }, 1500);
      }, function () { location.hash = link.getAttribute("href"); });
    });
  });

  window.addEventListener("hashchange", goToRow);
  window.addEventListener("popstate", recall);
  recall();
}

function ready() {
  var top = document.querySelector(".linreg-ledger-top");
  if (top) { start(top); }
}

if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", ready); }
else { ready(); }
})();
