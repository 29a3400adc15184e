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

  // A box above a long list of choices that leaves only those containing what is typed.
  const shorten = (select) => {
    if (select.options.length < 8) return;
    const box = document.createElement("input");
    box.type = "search";
    box.className = "input select-search";
    box.placeholder = select.dataset.search;
    box.setAttribute("aria-label", select.dataset.search);
    box.setAttribute("aria-controls", select.id);
    const all = [...select.options];
    const bare = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    box.addEventListener("input", () => {
      const wanted = bare(box.value);
      const kept = all.filter((option) => option.selected || !option.value || bare(option.text).includes(wanted));
      select.replaceChildren(...kept);
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    select.before(box);
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
