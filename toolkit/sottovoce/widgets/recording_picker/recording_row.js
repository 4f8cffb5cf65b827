// One recording in the list: its name, what is known of it, and how the listeners voted.

function votesInWords(votes, emotions) {
  if (!votes) return "";
  const counted = emotions
    .map(({ name }, i) => ({ name, count: votes[i] }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  return counted.map(({ name, count }) => `${count} ${name}`).join(", ");
}

// Whatever can be searched for: the name, the speaker, what is said, what most listeners heard.
function searchable(entry, emotions) {
  const most = entry.votes ? Math.max(...entry.votes) : NaN;
  const heard = emotions.filter((_, i) => entry.votes?.[i] === most).map(({ name }) => name);
  return [entry.name, entry.detail, ...heard].join(" ").toLowerCase();
}

function voteBar(votes, emotions) {
  if (!votes) return element("span", { class: "sv-votes" });
  const total = votes.reduce((sum, count) => sum + count, 0);
  const parts = emotions.flatMap(({ color }, i) => {
    if (!votes[i]) return [];
    const part = element("span", { class: "sv-vote" });
    part.style.width = `${(100 * votes[i]) / total}%`;
    part.style.background = tone(color);
    return [part];
  });
  return element("span", { class: "sv-votes", "aria-hidden": "true" }, parts);
}

function lasting(entry) {
  if (entry.problem) return "cannot be read";
  return entry.duration === null ? "" : `${entry.duration.toFixed(1)} s`;
}

function describeRow(entry, emotions) {
  const votes = votesInWords(entry.votes, emotions);
  const parts = [entry.name, lasting(entry), votes && `votes: ${votes}`, entry.detail];
  return parts.filter(Boolean).join("; ");
}

function makeRow(entry, emotions, id) {
  const lasts = element("span", { class: "sv-lasts" });
  const row = element(
    "li",
    { id, role: "option", class: "sv-option" },
    element("span", { class: "sv-mark", "aria-hidden": "true" }),
    element(
      "span",
      { class: "sv-words" },
      element("bdi", { class: "sv-name" }, entry.name),
      element("bdi", { class: "sv-detail" }, entry.detail),
    ),
    lasts,
    voteBar(entry.votes, emotions),
  );
  row.dataset.key = entry.key;
  row.measured = () => {
    lasts.textContent = lasting(entry);
    row.classList.toggle("sv-broken", Boolean(entry.problem));
    row.setAttribute("aria-label", describeRow(entry, emotions));
    row.title = [votesInWords(entry.votes, emotions), entry.detail, entry.problem].filter(Boolean).join("\n");
  };
  row.measured();
  return row;
}

function legend(emotions) {
  const keys = emotions.map(({ name, color }) => {
    const swatch = element("span", { class: "sv-swatch" });
    swatch.style.background = tone(color);
    return element("span", { class: "sv-key" }, swatch, name);
  });
  return element("div", { class: "sv-legend", hidden: !emotions.length }, "Votes: ", keys);
}
