{% raw %}
"use strict";
(function () {
  const root = document.body.dataset.root;
  const media = window.matchMedia("(prefers-color-scheme: dark)");

  // Light and dark: the system's choice until the reader makes one.
  function stored() {
    try { return localStorage.getItem("escudo-theme"); } catch (error) { return null; }
  }
  function show(theme) {
    document.documentElement.dataset.theme = theme;
  }
  show(stored() || (media.matches ? "dark" : "light"));
  document.getElementById("theme").addEventListener("click", function () {
    const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    show(theme);
    try { localStorage.setItem("escudo-theme", theme); } catch (error) { /* a page from the disk may have no storage */ }
  });
  media.addEventListener("change", function () {
    if (!stored()) show(media.matches ? "dark" : "light");
  });

  // Search over an index that is loaded when it is first needed.
  const input = document.getElementById("q");
  const hits = document.getElementById("hits");
  const status = document.getElementById("hits-status");
  let loading = null;
  let active = -1;
  function load() {
    loading = loading || new Promise(function (done) {
      const script = document.createElement("script");
      script.src = root + "assets/search-index.js";
      script.onload = function () {
        done(window.escudoIndex.map(function (entry) {
          return { name: entry[0], url: entry[1], kind: entry[2], low: entry[0].toLowerCase(), more: entry[3].toLowerCase() };
        }));
      };
      document.head.append(script);
    });
    return loading;
  }
  function score(entry, words, whole) {
    let points = entry.low === whole ? 100 : entry.low.startsWith(whole) ? 40 : entry.low.includes(whole) ? 20 : 0;
    for (const word of words) {
      if (entry.low.includes(word)) points += entry.low.startsWith(word) || entry.low.includes(" " + word) ? 6 : 3;
      else if (entry.more.includes(word)) points += 1;
      else return 0;
    }
    return points;
  }
  function close() {
    hits.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  function mark(index) {
    const options = hits.children;
    if (!options.length) return;
    if (active >= 0) options[active].setAttribute("aria-selected", "false");
    active = (index + options.length) % options.length;
    options[active].setAttribute("aria-selected", "true");
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  }
  async function search() {
    const whole = input.value.trim().toLowerCase();
    if (!whole) { status.textContent = ""; close(); return; }
    const index = await load();
    if (whole !== input.value.trim().toLowerCase()) return;
    const words = whole.split(/\s+/);
    const found = index.map(function (entry) { return [score(entry, words, whole), entry]; })
      .filter(function (pair) { return pair[0] > 0; })
      .sort(function (a, b) { return b[0] - a[0] || a[1].low.localeCompare(b[1].low); });
    hits.replaceChildren(...found.slice(0, 12).map(function (pair, at) {
      const option = document.createElement("li");
      option.id = "hit-" + at;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.url = root + pair[1].url;
      const name = document.createElement("span");
      name.textContent = pair[1].name;
      const kind = document.createElement("small");
      kind.textContent = pair[1].kind;
      option.append(name, kind);
      option.addEventListener("click", function () { location.href = option.dataset.url; });
      return option;
    }));
    if (!found.length) {
      const none = document.createElement("li");
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.setAttribute("aria-selected", "false");
      none.id = "hit-0";
      none.textContent = "Nothing found";
      hits.append(none);
    }
    status.textContent = found.length + (found.length === 1 ? " result" : " results");
    hits.hidden = false;
    active = -1;
    input.setAttribute("aria-expanded", "true");
  }
  input.addEventListener("focus", load, { once: true });
  input.addEventListener("input", search);
  input.addEventListener("keydown", function (event) {
    if (event.key === "ArrowDown") { event.preventDefault(); if (hits.hidden) search(); else mark(active + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); mark(active < 0 ? -1 : active - 1); }
    else if (event.key === "Escape") { if (!hits.hidden) { event.preventDefault(); close(); } else { input.blur(); } }
    else if (event.key === "Enter") {
      const option = hits.hidden ? null : hits.children[active < 0 ? 0 : active];
      if (option && option.dataset.url) { event.preventDefault(); location.href = option.dataset.url; }
    }
  });
  document.addEventListener("click", function (event) {
    if (!event.target.closest(".search")) close();
  });
  input.addEventListener("blur", function (event) {
    if (event.relatedTarget) close();
  });
  document.addEventListener("keydown", function (event) {
    const typing = event.target.closest("input, textarea, select");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
    }
  });

  // Filters of long lists.
  for (const box of document.querySelectorAll("[data-filter]")) {
    const list = document.getElementById(box.dataset.filter);
    const rows = list.matches("dl") ? Array.from(list.children) : Array.from(list.querySelectorAll("tbody tr"));
    const texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
    const count = box.parentElement.querySelector(".count");
    const apply = function () {
      const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach(function (row, at) {
        const fits = words.every(function (word) { return texts[at].includes(word); });
        row.hidden = !fits;
        shown += fits ? 1 : 0;
      });
      count.textContent = words.length ? shown + " of " + rows.length : rows.length + " entries";
    };
    box.addEventListener("input", apply);
    apply();
  }
})();
{% endraw %}
