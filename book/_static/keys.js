// Arrow keys turn the pages of the book only while nothing else could want them: not inside a
// picture that is moved by keys, nor inside a table or a line of code that is scrolled by them.
document.addEventListener("DOMContentLoaded", function () {
  document.body.addEventListener("keydown", function (event) {
    var free = event.target === document.body || event.target.closest("a, .bd-sidebar");
    if (event.key.startsWith("Arrow") && !free) { event.stopPropagation(); }
  });
});
