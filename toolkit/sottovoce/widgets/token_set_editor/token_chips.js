// How a tokenizer writes a word: its pieces side by side, and what is followed of them.

const MARKS = { one: "●", several: "◐", ambiguous: "○", generic: "○", absent: "○" };
const FORMS = ["as written", "behind a space", "with a capital", "both"];

function pieces(written) {
  const shown = written.pieces.map((piece) => element("span", { class: "sv-piece" }, piece));
  return element("span", { class: "sv-pieces" }, ...shown);
}

function wordChip(word) {
  return element(
    "li",
    {
      class: `sv-word sv-${word.status}`,
      title: `${word.spelling}: ${word.told}`,
      "aria-label": `${word.spelling}: ${word.told}`,
    },
    element("span", { class: "sv-mark", "aria-hidden": "true" }, MARKS[word.status]),
    word.pieces.length ? pieces(word) : element("span", { class: "sv-pieces" }, word.spelling),
  );
}

// A row a spelling, a column a form: which of them exist, and what they are.
function formsTable(words) {
  const cell = (form) => {
    if (!form) return element("td", { class: "sv-none" }, "–");
    const shown = form.pieces.length ? pieces(form) : "cannot be written";
    const mark = element("span", { class: "sv-mark", "aria-hidden": "true" }, MARKS[form.status]);
    const told = element("span", { class: "sv-hidden" }, `, ${form.told}`);
    return element("td", { class: `sv-${form.status}`, title: `${form.form}: ${form.told}` }, mark, shown, told);
  };
  const heads = ["spelling", ...FORMS].map((name) => element("th", { scope: "col" }, name));
  const rows = words.map((word) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, element("bdi", {}, word.spelling)),
      ...word.forms.map(cell),
    ),
  );
  return element(
    "table",
    { class: "sv-forms" },
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...rows),
  );
}
