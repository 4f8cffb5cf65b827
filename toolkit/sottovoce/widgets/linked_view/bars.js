// The distributions side by side, and their numbers in a table whose columns stand under the bars.

function makeBars(model) {
  const node = element("section", { class: "sv-distribution sottovoce-bars", "data-version": 0 });
  let version = 0;

  function draw(palette) {
    const { emotions = [], sources = [] } = model.get("bars");
    node.hidden = !sources.length;
    node.style.setProperty("--sv-columns", emotions.length);
    node.replaceChildren(
      element("h3", {}, "Distribution over the emotions"),
      chart(emotions, sources, palette),
      numbers(emotions, sources, palette),
    );
    version += 1;
    node.setAttribute("data-version", version);
  }

  // How a source's bars look: models in ever lighter tints, people hollow.
  function looks(sources) {
    const models = sources.filter((source) => !source.people);
    return sources.map((source) => {
      const tint = models.length ? 100 - (75 * models.indexOf(source)) / models.length : 100;
      return source.people ? { kind: "sv-people", tint: 0 } : { kind: "sv-model", tint };
    });
  }

  function block(look, color) {
    const made = element("span", { class: `sv-block ${look.kind}` });
    made.style.setProperty("--sv-own", color);
    made.style.setProperty("--sv-tint", `${look.tint}%`);
    return made;
  }

  function chart(emotions, sources, palette) {
    const how = looks(sources);
    const groups = emotions.map((emotion, i) =>
      element(
        "div",
        { class: "sv-group" },
        sources.map((source, j) => {
          const bar = block(how[j], palette.line(emotion.name));
          const share = source.shares ? source.shares[i] : 0;
          bar.style.height = `${100 * share}%`;
          bar.classList.toggle("sv-nothing", !(share > 0));
          return bar;
        }),
      ),
    );
    const axis = element(
      "div",
      { class: "sv-axis" },
      ["100 %", "50 %", "0 %"].map((label) => element("span", {}, label)),
    );
    const chart = element("div", { class: "sv-chart", role: "img" }, axis, groups);
    chart.setAttribute("aria-label", describe(emotions, sources));
    return chart;
  }

  function describe(emotions, sources) {
    const told = sources.map((source) => {
      const listed = source.shares?.map((share, i) => `${emotions[i].name} ${percent(share)}`);
      return `${source.label}: ${listed?.join(", ") ?? source.note}`;
    });
    return `Bar chart: shares of ${emotions.length} emotions. ${told.join(". ")}.`;
  }

  function numbers(emotions, sources, palette) {
    const head = emotions.map((emotion) => {
      const cell = element("th", { scope: "col", title: emotion.name }, emotion.name);
      cell.style.color = palette.text(emotion.name);
      return cell;
    });
    const how = looks(sources);
    const rows = sources.map((source, j) =>
      element(
        "tr",
        {},
        element(
          "th",
          { scope: "row", title: source.label },
          block(how[j], "var(--sv-faint)"),
          source.label,
        ),
        source.shares
          ? source.shares.map((share) => number(share, share === Math.max(...source.shares)))
          : element("td", { class: "sv-missing", colspan: emotions.length }, source.note),
      ),
    );
    return element(
      "table",
      {},
      element("caption", { class: "sv-hidden" }, "Shares of the emotions in percent"),
      element("thead", {}, element("tr", {}, element("td", { class: "sv-note" }, "share in %"), head)),
      element("tbody", {}, rows),
    );
  }

  function number(share, largest) {
    const text = share > 0 && share < 0.0005 ? "<0.1" : (100 * share).toFixed(1);
    return element("td", { class: largest ? "sv-largest" : null }, text);
  }

  return { node, draw };
}
