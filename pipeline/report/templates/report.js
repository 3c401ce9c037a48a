// Optional: the page is complete without this. Lights evidence in browsers without CSS :has(), on
// touch screens, and shows a supporting passage at the foot of the window when it is out of sight.
(function () {
  "use strict";
  const card = document.createElement("div");
  card.className = "peek";
  card.hidden = true;
  card.setAttribute("aria-hidden", "true");
  document.body.append(card);

  function clear() {
    document.querySelectorAll(".lit").forEach((element) => element.classList.remove("lit"));
    card.hidden = true;
    card.replaceChildren();
  }

  function visible(element) {
    const box = element.getBoundingClientRect();
    return box.bottom > 48 && box.top < window.innerHeight - 16;
  }

  function peek(number, marks) {
    const row = document.createElement("p");
    const label = document.createElement("b");
    label.textContent = number;
    row.append(label, " " + marks.map((mark) => mark.textContent).join(" "));
    card.append(row);
    card.hidden = false;
  }

  function lightFrom(line) {
    clear();
    line.classList.add("lit");
    const piece = line.closest(".piece");
    (line.dataset.e || "").split(" ").filter(Boolean).forEach((number) => {
      const marks = Array.from(piece.querySelectorAll('mark[data-p~="' + number + '"]'));
      marks.forEach((mark) => mark.classList.add("lit"));
      if (marks.length && !marks.some(visible)) peek(number, marks);
    });
  }

  function lightTo(mark) {
    clear();
    const piece = mark.closest(".piece");
    (mark.dataset.p || mark.dataset.n || "").split(" ").forEach((number) => {
      piece.querySelectorAll('.line[data-e~="' + number + '"]').forEach((line) => line.classList.add("lit"));
    });
  }

  function light(target) {
    const line = target.closest(".line");
    const mark = target.closest("mark, .num");
    if (line) lightFrom(line);
    else if (mark) lightTo(mark);
    else clear();
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse") light(event.target);
  });
  document.addEventListener("focusin", (event) => light(event.target));
  document.addEventListener("focusout", clear);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("a")) light(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
  });
  document.addEventListener("scroll", () => (card.hidden = true), { passive: true });
})();
