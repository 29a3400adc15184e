// Nothing here is needed: every page works without it.
(() => {
  "use strict";
  const typing = (el) => el && (/^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) || el.isContentEditable);

  const ready = () => {
    const summary = document.querySelector("[data-focus]");
    if (summary) summary.focus();
    const line = document.querySelector("[data-new-line]");
    if (line) line.querySelector("input:not([type=hidden]), select, textarea").focus();
    for (const select of document.querySelectorAll("select[data-search]")) shorten(select);
    for (const list of document.querySelectorAll("[data-shorten]")) shortenBoxes(list);
    // Beside the results filters are open; above them, on a phone, they stay closed until asked for.
    if (matchMedia("(min-width: 60.01rem)").matches) {
      for (const panel of document.querySelectorAll("details.filters")) panel.open = true;
    }
    for (const form of document.querySelectorAll("form[method=post]")) {
      form.addEventListener("submit", (event) => {
        // A second press while the first is on its way sends nothing.
        if (form.dataset.sent) event.preventDefault();
        form.dataset.sent = "1";
      });
    }
  };

  const bare = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  // A box in which one types to shorten what is below it; Enter in it sends nothing.
  const shortener = (words, id, shorten) => {
    const box = document.createElement("input");
    box.type = "search";
    box.className = "input select-search";
    box.placeholder = words;
    box.setAttribute("aria-label", words);
    if (id) box.setAttribute("aria-controls", id);
    box.addEventListener("input", () => shorten(bare(box.value.trim())));
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    return box;
  };

  // Leaves only the choices that contain what is typed, in their groups, and those that are chosen.
  const shorten = (select) => {
    if (select.options.length < 8) return;
    const parts = [...select.children].map((part) => [part, part.tagName === "OPTGROUP" ? [...part.children] : null]);
    const fits = (option, wanted) => option.selected || !option.value || bare(option.text).includes(wanted);
    select.before(
      shortener(select.dataset.search, select.id, (wanted) => {
        const fitting = [];
        for (const [part, options] of parts) {
          if (options) {
            part.replaceChildren(...options.filter((option) => fits(option, wanted)));
            if (part.children.length) fitting.push(part);
          } else if (fits(part, wanted)) fitting.push(part);
        }
        select.replaceChildren(...fitting);
      }),
    );
  };

  const shortenBoxes = (list) => {
    const choices = [...list.querySelectorAll(".choice")];
    const counter = document.createElement("p");
    counter.className = "hint";
    counter.setAttribute("role", "status");
    const count = () => {
      counter.textContent = `${list.dataset.chosen} ${list.querySelectorAll("input:checked").length}`;
    };
    list.addEventListener("change", count);
    list.before(
      shortener(list.dataset.shorten, "", (wanted) => {
        for (const choice of choices) {
          choice.hidden = !choice.querySelector("input").checked && !bare(choice.textContent).includes(wanted);
        }
        for (const group of list.querySelectorAll(".choice-group")) {
          group.hidden = !group.querySelector(".choice:not([hidden])");
        }
      }),
      counter,
    );
    count();
  };

  addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const search = document.querySelector("main input[type=search], [data-key-search]");
      if (search) {
        event.preventDefault();
        search.focus();
      }
    }
    if (event.key === "?") {
      const keys = document.querySelector("[data-keys]");
      if (keys) {
        keys.open = true;
        keys.querySelector("summary").focus();
      }
    }
  });

  if (document.readyState === "loading") addEventListener("DOMContentLoaded", ready);
  else ready();
})();
