// Optional: the page is complete without this. Lights evidence in both directions, shows a supporting passage at the
// foot of the window when it is out of sight, finds articles, and keeps the choice of colours.
(function () {
  "use strict";
  let lit = [];
  const card = document.createElement("div");
  card.className = "peek";
  card.hidden = true;
  card.setAttribute("aria-hidden", "true");
  document.body.append(card);

  function clear() {
    lit.forEach((element) => element.classList.remove("lit"));
    lit = [];
    card.hidden = true;
    card.replaceChildren();
  }

  function mark(element) {
    element.classList.add("lit");
    lit.push(element);
  }

  function visible(element) {
    const box = element.getBoundingClientRect();
    return box.height > 0 && box.bottom > 56 && box.top < window.innerHeight - 16;
  }

  function peek(number, passages) {
    const row = document.createElement("p");
    const label = document.createElement("b");
    label.textContent = number;
    row.append(label, " " + passages.map((passage) => passage.textContent).join(" "));
    card.append(row);
    card.hidden = false;
  }

  function numbers(list) {
    return (list || "").split(" ").filter(Boolean);
  }

  function lightFrom(line) {
    const piece = line.closest(".piece");
    mark(line);
    numbers(line.dataset.e).forEach((number) => {
      const passages = Array.from(piece.querySelectorAll('[data-p~="' + number + '"]'));
      passages.forEach(mark);
      const source = passages.filter((passage) => passage.closest(".source"));
      if (source.length && !passages.some(visible)) peek(number, source);
    });
  }

  function lightTo(list, piece) {
    numbers(list).forEach((number) => {
      piece.querySelectorAll('[data-p~="' + number + '"], .line[data-e~="' + number + '"]').forEach(mark);
    });
  }

  function light(target) {
    const line = target.closest(".line");
    const passage = target.closest("[data-p], .num");
    clear();
    if (line) lightFrom(line);
    else if (passage) lightTo(passage.dataset.p || passage.dataset.n, passage.closest(".piece"));
  }

  function lightTarget() {
    const target = document.getElementById(location.hash.slice(1));
    if (target && target.matches(".num, .line")) light(target);
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse") light(event.target);
  });
  document.addEventListener("focusin", (event) => light(event.target));
  document.addEventListener("focusout", clear);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("a, label, summary, input")) light(event.target);
  });
  document.addEventListener("scroll", () => (card.hidden = true), { passive: true });
  window.addEventListener("hashchange", lightTarget);

  const find = document.getElementById("find");
  const items = Array.from(document.querySelectorAll(".index ol > li"));

  let texts = null; // of each item and its article, read once

  function text(item) {
    const piece = document.querySelector(item.querySelector("a").hash);
    const parts = Array.from(piece.querySelectorAll(".outputs, .source"), (part) => part.textContent);
    return [item.textContent, ...parts].join(" ").toLowerCase();
  }

  function filter() {
    const wanted = find.value.trim().toLowerCase();
    texts = texts || items.map(text);
    items.forEach((item, place) => (item.hidden = !texts[place].includes(wanted)));
    const shown = items.filter((item) => !item.hidden).length;
    document.getElementById("found").textContent = wanted === "" ? "" : shown + " of " + items.length;
  }

  if (find && items.length > 1) {
    find.parentElement.hidden = false;
    find.addEventListener("input", filter);
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key === "/" && plain && find && !event.target.closest("input, textarea")) {
      event.preventDefault();
      find.focus();
      find.select();
    }
  });

  // Storage may be refused, for one to a page opened from a file.
  const themes = Array.from(document.querySelectorAll('input[name="theme"]'));
  try {
    const kept = document.getElementById(localStorage.getItem("precis-theme"));
    if (themes.includes(kept)) kept.checked = true;
    themes.forEach((theme) => theme.addEventListener("change", () => localStorage.setItem("precis-theme", theme.id)));
  } catch (refused) {
    void refused;
  }
})();
