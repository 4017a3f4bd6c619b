"use strict";
// The table is there without this script; it searches, filters, and tells one package. Every text is set as text,
// never as markup, for a stranger may have written it.
const packages = JSON.parse(document.getElementById("packages").textContent);
const byId = new Map(packages.map((each) => [each.id, each]));
const neededBy = new Map();
for (const each of packages) {
  for (const need of each.needs) {
    if (need.id) neededBy.set(need.id, [...(neededBy.get(need.id) ?? []), each.id]);
  }
}
const ASKED = new Map([
  [true, "The spec asks for it."],
  [false, "It is here because others need it."],
  [null, "The lock does not record what its spec asks for."],
]);
const rows = [...document.querySelectorAll("tbody tr")];
const search = document.getElementById("search");
const manager = document.getElementById("manager");
const platform = document.getElementById("platform");

function make(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const each = byId.get(row.dataset.id);
    const text = `${each.name} ${each.versions.map((found) => found.version).join(" ")}`.toLowerCase();
    const fits = words.every((word) => text.includes(word))
      && (!manager.value || each.manager === manager.value)
      && (!platform.value || each.versions.some((found) => found.platforms.includes(platform.value)));
    row.hidden = !fits;
    shown += fits;
  }
  document.getElementById("count").textContent = `${shown} of ${rows.length} packages`;
}

function list(title, entries) {
  const part = document.createDocumentFragment();
  part.append(make("h3", `${title} (${entries.length})`));
  const items = document.createElement("ul");
  for (const [id, name, constraint] of entries) {
    const item = document.createElement("li");
    if (id) {
      const button = make("button", name, { type: "button" });
      button.addEventListener("click", () => show(id, true));
      item.append(button);
    } else {
      item.append(make("span", name));
    }
    item.append(make("span", ` ${constraint}`, { class: "soft" }));
    items.append(item);
  }
  part.append(items);
  return part;
}

function show(id, moves) {
  const each = byId.get(id);
  const detail = document.getElementById("detail");
  const files = document.createElement("ul");
  for (const found of each.versions) {
    for (const file of found.files) {
      const item = make("li", `${file.platforms.join(", ")}: `);
      item.append(make("code", `${file.url} ${file.hash}`));
      files.append(item);
    }
  }
  const users = (neededBy.get(id) ?? []).map((user) => [user, byId.get(user).name, ""]);
  detail.replaceChildren(
    make("h2", each.name, { tabindex: "-1" }),
    make("p", `${each.shown}, ${each.versions.map((found) => found.version).join(", ")}`, { class: each.manager }),
    make("p", ASKED.get(each.asked), { class: "soft" }),
    list("Needs", each.needs.map((need) => [need.id, need.name, need.constraint])),
    list("Needed by", users),
    make("h3", "Files"),
    files,
  );
  for (const row of rows) row.toggleAttribute("aria-current", row.dataset.id === id);
  draw(id);
  if (moves) detail.querySelector("h2").focus();
  history.replaceState(null, "", `#${encodeURIComponent(id)}`);
}

function draw(id) {
  const place = document.getElementById("graph");
  place.hidden = false;
  const around = [id, ...byId.get(id).needs.map((need) => need.id), ...(neededBy.get(id) ?? [])];
  const nodes = [...new Set(around.filter(Boolean))].slice(0, 60);
  const styles = getComputedStyle(document.documentElement);
  const colour = (name) => styles.getPropertyValue(name).trim();
  const edges = nodes.flatMap((from) => byId.get(from).needs
    .filter((need) => need.id !== from && nodes.includes(need.id) && (from === id || need.id === id))
    .map((need) => ({ data: { source: from, target: need.id } })));
  const graph = cytoscape({
    container: place,
    elements: [...nodes.map((node) => ({ data: { id: node, label: byId.get(node).name } })), ...edges],
    style: [
      { selector: "node", style: {
        label: "data(label)", color: colour("--text"), "background-color": colour("--soft"), "font-size": 11,
        width: 12, height: 12, "text-valign": "top" } },
      { selector: "edge", style: {
        width: 1, "line-color": colour("--line"), "target-arrow-color": colour("--soft"),
        "target-arrow-shape": "triangle", "curve-style": "bezier" } },
    ],
    layout: { name: "concentric", concentric: (node) => (node.id() === id ? 2 : 1), levelWidth: () => 1, minNodeSpacing: 36 },
    userZoomingEnabled: false,
  });
  graph.nodes().filter((node) => node.id() === id).style("background-color", colour("--mark"));
  graph.on("tap", "node", (event) => show(event.target.id(), false));
  const left = new Set(around.filter(Boolean)).size - nodes.length;
  document.getElementById("graph-says").textContent =
    `What ${byId.get(id).name} needs and what needs it; the lists below say the same.` + (left > 0 ? ` ${left} more are not drawn.` : "");
}

for (const row of rows) {
  row.querySelector("button").addEventListener("click", () => show(row.dataset.id, false));
}
for (const control of [search, manager, platform]) control.addEventListener("input", filter);
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== search) {
    event.preventDefault();
    search.focus();
  }
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  const current = document.querySelector("tr[aria-current]");
  if (current) draw(current.dataset.id);
});
document.getElementById("controls").hidden = false;
filter();
const wanted = decodeURIComponent(location.hash.slice(1));
if (byId.has(wanted)) show(wanted, false);
