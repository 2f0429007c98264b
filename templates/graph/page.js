"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const ICONS = {
    compute: "M4 6h8M4 10h8",
    effect: "M3 8h9M8.5 4.5 12 8l-3.5 3.5",
    reducer: "M2.5 4h11L9.5 9v3.5l-3-1.5V9z",
    orchestrator: "M3 8h3M10 4.5 6 8l4 3.5M10 4.5h3M10 11.5h3",
    shared: "M3 6.2 8 3.5l5 2.7L8 9zM3 9.8l5 2.7 5-2.7",
    broken: "M4.5 4.5l7 7M11.5 4.5l-7 7",
  };
  const KINDS = ["orchestrator", "reducer", "effect", "compute", "shared", "broken"];
  const WHYS = { calls: "calls", models: "models", uses: "uses", body: "runs its code", topics: "topics" };
  const FAR = 0.42, FEW = 12, CROWDED = 150, MOST_RESULTS = 40;

  const data = JSON.parse(document.getElementById("data").textContent);
  const nodes = new Map(data.nodes.map((node) => [node.name, { ...node, out: [], into: [] }]));
  const edges = data.edges.filter((edge) => nodes.has(edge.from) && nodes.has(edge.to));
  for (const edge of edges) {
    nodes.get(edge.from).out.push(edge);
    nodes.get(edge.to).into.push(edge);
  }
  const hidden = { kinds: new Set(), whys: new Set() };
  const of = (id) => document.getElementById(id);
  const graph = of("graph"), view = of("view"), panel = of("panel"), search = of("search"), results = of("results");
  let fitted = true;  // until somebody looks closer: then it is theirs to move
  let chosen = null, hovered = null, found = null, scale = 1, x = 0, y = 0, row = -1;

  // ------------------------------------------------------------------------------- elements

  /** Return an element; what comes from specs becomes text or the value of an attribute, never markup. */
  function make(name, attributes = {}, ...children) {
    const drawn = ["svg", "g", "path", "rect", "circle", "text", "title", "marker"].includes(name);
    const element = drawn ? document.createElementNS(SVG, name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key === "onclick") element.addEventListener("click", value);
      else if (value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.filter((it) => it !== null && it !== undefined));
    return element;
  }

  const icon = (kind) =>
    make("svg", { width: 16, height: 16, viewBox: "0 0 16 16", class: kind, "aria-hidden": "true" }, make("path", { d: ICONS[kind] || "M2 8h12" }));

  const worst = (node) => {
    const levels = (node.problems || []).map((it) => it.level);
    return levels.includes("block") ? "error" : levels.includes("warn") ? "warning" : "";
  };

  // --------------------------------------------------------------------------------- the graph

  function curve(edge) {
    const a = nodes.get(edge.from), b = nodes.get(edge.to);
    const ay = a.y + a.h / 2, by = b.y + b.h / 2;
    const bow = (x1, y1, x2, y2) => {
      const bend = (x2 >= x1 ? 1 : -1) * Math.max(24, Math.abs(x2 - x1) / 2);
      return `C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
    };
    if (b.x >= a.x + a.w) {
      let at = [a.x + a.w, ay], path = `M${at[0]} ${at[1]}`;
      for (const [left, height, width] of edge.via) {
        path += `${bow(...at, left, height)}H${left + width}`;
        at = [left + width, height];
      }
      return path + bow(...at, b.x - 2, by);
    }
    if (a.x >= b.x + b.w) return `M${a.x} ${ay}${bow(a.x, ay, b.x + b.w + 2, by)}`;
    const start = a.x + a.w, end = b.x + b.w + 2, bend = 46;
    return `M${start} ${ay}C${start + bend} ${ay} ${end + bend} ${by} ${end} ${by}`;
  }

  function shown(node) {
    const room = Math.floor((node.w - 46) / 7.25);
    return node.name.length > room ? `${node.name.slice(0, room - 1)}\u2026` : node.name;
  }

  function draw() {
    for (const why of Object.keys(WHYS)) {
      of("markers").append(
        make("marker", { id: `arrow-${why}`, class: why, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto", markerUnits: "userSpaceOnUse" },
          make("path", { d: "M0 .8 7.5 4 0 7.2z" })));
    }
    for (const it of data.groups) {
      of("groups").append(make("g", { class: "group" }, make("rect", { x: it.x, y: it.y, width: it.w, height: it.h, rx: 14 })));
      it.element = make("text", { class: "title" }, it.name);
      of("titles").append(it.element);
    }
    for (const edge of edges) {
      edge.element = make("path", { class: `edge ${edge.why}`, d: curve(edge), "marker-end": `url(#arrow-${edge.why})` },
        make("title", {}, edge.topic ? `${edge.topic}: ${edge.from} to ${edge.to}` : `${edge.from} needs ${edge.to} (${edge.why})`));
      of("edges").append(edge.element);
    }
    for (const node of nodes.values()) of("nodes").append(drawn(node));
    graph.classList.toggle("crowded", edges.length > CROWDED);
    of("empty").hidden = nodes.size > 0;
  }

  function drawn(node) {
    const level = worst(node), state = node.state || "";
    const waiting = state === "built" || state === "restored" ? "waiting" : "";
    node.element = make("g", { class: `node ${node.kind} ${waiting}`, transform: `translate(${node.x} ${node.y})`, tabindex: 0, role: "button", "data-name": node.name, "aria-label": `${node.name}, ${node.kind}` },
      make("title", {}, node.description ? `${node.name}: ${node.description}` : node.name),
      make("rect", { class: "shape", width: node.w, height: node.h, rx: 8 }),
      make("path", { class: "side", d: `M8 0H5.5A5.5 8 0 0 0 0 8V${node.h - 8}A5.5 8 0 0 0 5.5 ${node.h}H8A4 8 0 0 1 4 ${node.h - 8}V8A4 8 0 0 1 8 0z` }),
      make("path", { class: "icon", d: ICONS[node.kind], transform: `translate(11 ${node.h / 2 - 8})` }),
      make("text", { x: 34, y: node.h / 2 + 0.5 }, shown(node)),
      level ? make("circle", { class: `dot ${level}`, cx: node.w - 2, cy: 2, r: 6 }) : null);
    return node.element;
  }

  // ------------------------------------------------------------------------------ what is lit

  function light() {
    const lit = new Set();
    const center = hovered || chosen;
    if (center) {
      lit.add(center);
      for (const edge of [...center.out, ...center.into]) {
        if (!visible(edge)) continue;
        lit.add(nodes.get(edge.from)).add(nodes.get(edge.to)).add(edge);
      }
    } else if (found) {
      for (const it of found) lit.add(it);
    }
    graph.classList.toggle("lit-only", Boolean(center || found));
    graph.classList.toggle("few", [...lit].filter((it) => it.name).length <= FEW);
    for (const it of [...nodes.values(), ...edges]) it.element.classList.toggle("lit", lit.has(it));
    for (const node of nodes.values()) node.element.classList.toggle("chosen", node === chosen);
  }

  const visible = (edge) =>
    !hidden.whys.has(edge.why) && !hidden.kinds.has(nodes.get(edge.from).kind) && !hidden.kinds.has(nodes.get(edge.to).kind);

  function filter() {
    for (const node of nodes.values()) node.element.toggleAttribute("hidden", hidden.kinds.has(node.kind));
    for (const edge of edges) edge.element.toggleAttribute("hidden", !visible(edge));
    light();
  }

  function chips(place, names, labels, counts, off) {
    for (const name of names.filter((it) => counts.get(it))) {
      const pressed = !off.has(name);
      const chip = make("button", { class: `chip ${name}`, type: "button", "aria-pressed": String(pressed), "data-name": name,
        onclick: () => {
          if (!off.delete(name)) off.add(name);
          chip.setAttribute("aria-pressed", String(!off.has(name)));
          filter();
        } }, icon(name), labels[name] || name, make("b", {}, String(counts.get(name))));
      place.append(chip);
    }
  }

  const counted = (values) => values.reduce((counts, it) => counts.set(it, (counts.get(it) || 0) + 1), new Map());

  // ------------------------------------------------------------------------------ move and zoom

  function move() {
    view.setAttribute("transform", `translate(${x} ${y}) scale(${scale})`);
    graph.classList.toggle("far", scale < FAR);
    view.style.setProperty("--far", `${12 / scale}px`);
    for (const it of data.groups) {
      const size = Math.min(Math.max(13, 15 / scale), Math.max(13, (it.w * 1.5) / Math.max(it.name.length, 8)), 120);
      const inside = scale >= FAR;
      it.element.setAttribute("font-size", size);
      it.element.setAttribute("text-anchor", inside ? "start" : "middle");
      it.element.setAttribute("x", inside ? it.x + 16 : it.x + it.w / 2);
      it.element.setAttribute("y", inside ? it.y + 10 + size * 0.8 : it.y - size * 0.35);
    }
  }

  function zoom(factor, cx, cy) {
    const next = Math.min(Math.max(scale * factor, 0.02), 4);
    x = cx - ((cx - x) * next) / scale;
    y = cy - ((cy - y) * next) / scale;
    scale = next;
    fitted = false;
    move();
  }

  function fit() {
    const { width, height } = graph.getBoundingClientRect(), margin = 36, above = 22;
    scale = Math.min((width - 2 * margin) / (data.width || 1), (height - 2 * margin - above) / (data.height || 1), 1.25);
    x = (width - data.width * scale) / 2;
    y = (height + above - data.height * scale) / 2;
    fitted = true;
    move();
  }

  function bring(node) {
    const { width, height } = graph.getBoundingClientRect();
    const left = x + node.x * scale, top = y + node.y * scale;
    const inside = left > 10 && top > 10 && left + node.w * scale < width - 10 && top + node.h * scale < height - 10;
    if (inside && scale >= FAR) return;
    scale = Math.max(scale, 0.85);
    x = width / 2 - (node.x + node.w / 2) * scale;
    y = height / 2 - (node.y + node.h / 2) * scale;
    fitted = false;
    move();
  }

  const middle = () => { const { width, height } = graph.getBoundingClientRect(); return [width / 2, height / 2]; };
  const local = (event) => { const box = graph.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };

  function listen() {
    const pointers = new Map();
    let moved = 0;
    graph.addEventListener("wheel", (event) => {
      event.preventDefault();
      const step = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
      zoom(Math.exp(-Math.max(-240, Math.min(240, event.deltaY * step)) * (event.ctrlKey ? 0.01 : 0.0018)), ...local(event));
    }, { passive: false });
    graph.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      if (!pointers.size) moved = 0;
      pointers.set(event.pointerId, local(event));
    });
    addEventListener("pointermove", (event) => {
      if (!pointers.has(event.pointerId)) return;
      const before = pointers.get(event.pointerId), now = local(event);
      const other = [...pointers].find(([id]) => id !== event.pointerId);
      moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
      if (other) {
        const far = (it) => Math.max(1, Math.hypot(it[0] - other[1][0], it[1] - other[1][1]));
        zoom(far(now) / far(before), ...other[1]);
      } else if (moved > 3) {
        graph.classList.add("moving");
        x += now[0] - before[0];
        y += now[1] - before[1];
        fitted = false;
        move();
      }
      pointers.set(event.pointerId, now);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      addEventListener(end, (event) => {
        pointers.delete(event.pointerId);
        graph.classList.remove("moving");
      });
    }
    const under = (event) => nodes.get(event.target.closest?.(".node")?.dataset.name) || null;
    let clicked = [];
    graph.addEventListener("click", (event) => {
      if (moved > 3) return;
      clicked = [event.clientX, event.clientY];
      choose(under(event));
    });
    graph.addEventListener("pointermove", (event) => {
      // What comes to lie under a pointer that rests is not pointed at.
      if (pointers.size || hovered === under(event) || (event.clientX === clicked[0] && event.clientY === clicked[1])) return;
      hovered = under(event);
      light();
    });
    graph.addEventListener("pointerleave", () => { hovered = null; light(); });
    graph.addEventListener("keydown", (event) => {
      if ((event.key === "Enter" || event.key === " ") && under(event)) { event.preventDefault(); choose(under(event)); }
    });
    graph.addEventListener("focusin", (event) => { const node = under(event); if (node && event.target.matches(":focus-visible")) bring(node); });
    of("closer").addEventListener("click", () => zoom(1.3, ...middle()));
    of("farther").addEventListener("click", () => zoom(1 / 1.3, ...middle()));
    of("whole").addEventListener("click", fit);
    new ResizeObserver(() => (fitted ? fit() : chosen && bring(chosen))).observe(graph);
    addEventListener("hashchange", () => choose(named()));
    document.addEventListener("keydown", (event) => {
      if (event.target === search || event.ctrlKey || event.metaKey || event.altKey) return;
      const keys = { "/": () => search.focus(), "+": () => zoom(1.3, ...middle()), "-": () => zoom(1 / 1.3, ...middle()), 0: fit, Escape: () => choose(null) };
      if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
    });
  }

  // ------------------------------------------------------------------------------------ search

  function look() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    row = -1;
    results.replaceChildren();
    results.hidden = !words.length;
    if (!words.length) { found = null; light(); return; }
    const about = (it) => [it.name, it.kind, it.domain, ...(it.tags || []), it.description].join(" ").toLowerCase();
    const rank = (it) => (it.name === words[0] ? 0 : it.name.startsWith(words[0]) ? 1 : it.name.includes(words[0]) ? 2 : 3);
    found = [...nodes.values()].filter((it) => words.every((word) => about(it).includes(word)));
    found.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
    for (const node of found.slice(0, MOST_RESULTS)) results.append(make("li", {}, link(node, node.domain || "")));
    if (!found.length) results.append(make("li", { class: "none" }, "Nothing has these words."));
    if (found.length > MOST_RESULTS) results.append(make("li", { class: "none" }, `and ${found.length - MOST_RESULTS} more`));
    light();
  }

  function searching() {
    search.addEventListener("input", look);
    search.addEventListener("focus", () => { results.hidden = !search.value; });
    search.addEventListener("keydown", (event) => {
      const rows = [...results.querySelectorAll(".row")];
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        row = Math.max(0, Math.min(rows.length - 1, row + (event.key === "ArrowDown" ? 1 : -1)));
        rows.forEach((it, index) => it.classList.toggle("at", index === row));
        rows[row]?.scrollIntoView({ block: "nearest" });
      } else if (event.key === "Enter") {
        rows[Math.max(row, 0)]?.click();
      } else if (event.key === "Escape") {
        search.value = "";
        look();
        search.blur();
      }
    });
    document.addEventListener("pointerdown", (event) => { if (!event.target.closest(".search")) results.hidden = true; });
  }

  // ------------------------------------------------------------------------------------- panel

  const named = () => { try { return nodes.get(decodeURIComponent(location.hash.slice(1))) || null; } catch { return null; } };

  const link = (node, note) =>
    make("button", { class: `row ${node.kind}`, type: "button", "data-name": node.name,
      onclick: () => { results.hidden = true; choose(node); bring(node); } },
      icon(node.kind), make("code", {}, node.name), make("small", {}, note));

  function choose(node) {
    chosen = node;
    hovered = null;
    if (named() !== node) history.replaceState(null, "", node ? `#${encodeURIComponent(node.name)}` : location.pathname + location.search);
    panel.hidden = !node;
    panel.replaceChildren(...(node ? about(node) : []));
    panel.scrollTop = 0;
    light();
  }

  function about(node) {
    const parts = [
      make("button", { class: "close", type: "button", "aria-label": "Close", onclick: () => choose(null) }, "\u00d7"),
      make("h2", {}, node.name),
      make("div", { class: "facts" }, make("span", { class: `kind ${node.kind}` }, icon(node.kind), node.kind),
        node.version ? make("span", {}, node.version) : null, node.domain ? make("span", {}, node.domain) : null,
        node.state ? make("span", { class: `state ${node.state}` }, told(node)) : null),
    ];
    if (node.description) parts.push(make("p", {}, node.description));
    if ((node.tags || []).length) parts.push(make("div", { class: "facts" }, ...node.tags.map((it) => make("span", { class: "tag" }, it))));
    parts.push(...section("Problems", (node.problems || []).map(problem), "div"));
    const needs = (edge) => edge.why !== "topics", heard = (edge) => edge.why === "topics";
    const item = (name, note) => make("li", {}, link(nodes.get(name), note));
    parts.push(...section("Needs", node.out.filter(needs).map((it) => item(it.to, WHYS[it.why] || it.why)), "ul"));
    parts.push(...section("Needed by", node.into.filter(needs).map((it) => item(it.from, WHYS[it.why] || it.why)), "ul"));
    parts.push(...section("Publishes to", node.out.filter(heard).map((it) => item(it.to, it.topic)), "ul"));
    parts.push(...section("Listens to", node.into.filter(heard).map((it) => item(it.from, it.topic)), "ul"));
    for (const file of [node.file, node.body]) if (file && file in data.texts) parts.push(source(node, file));
    if ((node.files || []).length) {
      parts.push(make("details", { class: "files" }, make("summary", {}, `Generated files (${node.files.length})`),
        make("ul", { class: "plain" }, ...node.files.map((it) => make("li", {}, it)))));
    }
    return parts;
  }

  const told = (node) =>
    ({ built: "to be built", restored: "to be restored", failed: "has problems", skipped: "needs what has problems" })[node.state] || node.state;

  const section = (title, children, list) =>
    children.length ? [make("h3", {}, title), make(list, {}, ...children)] : [];

  const problem = (it) =>
    make("div", { class: `problem ${it.level}` }, make("code", {}, it.file ? `${it.file}:${it.line}:${it.column} ${it.code}` : it.code),
      make("div", {}, it.message), it.hint ? make("small", {}, it.hint) : null);

  function source(node, file) {
    const wrong = new Set((node.problems || []).filter((it) => it.file === file).map((it) => it.line));
    const lines = data.texts[file].replace(/\n$/, "").split("\n");
    const body = make("pre", {}, ...lines.map((line, index) =>
      make("span", { "data-line": index + 1, class: wrong.has(index + 1) ? "wrong" : undefined }, line || " ")));
    const box = make("details", { class: "source", open: file === node.file }, make("summary", {}, make("code", {}, file)), body);
    if (file === node.file && node.line > 1) requestAnimationFrame(() => { body.scrollTop = (node.line - 1) * 18.6; });
    return box;
  }

  // -------------------------------------------------------------------------------------- start

  if (data.topics) for (const why of Object.keys(WHYS)) if (why !== "topics") hidden.whys.add(why);
  document.title = `${data.title}: graph`;
  of("title").append(data.title, make("span", {}, `${nodes.size} node${nodes.size === 1 ? "" : "s"}, ${edges.length} line${edges.length === 1 ? "" : "s"}`));
  draw();
  chips(of("kinds"), KINDS, {}, counted([...nodes.values()].map((it) => it.kind)), hidden.kinds);
  chips(of("whys"), Object.keys(WHYS), WHYS, counted(edges.map((it) => it.why)), hidden.whys);
  listen();
  searching();
  fit();
  filter();
  if (named()) { choose(named()); bring(named()); }
})();
