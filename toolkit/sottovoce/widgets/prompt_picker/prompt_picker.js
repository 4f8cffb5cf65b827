// Questions of the library to tick, filtered by language and form of answer; and one's own.

const WAIT = 200;

function render({ model, el, signal }) {
  el.classList.add("sottovoce", "sottovoce-prompts");
  // JupyterLab would take the arrow keys for itself.
  el.setAttribute("data-lm-suppress-shortcuts", "true");
  let language = model.get("language");
  let form = "";
  const count = element("span", { class: "sv-count", role: "status" });
  const chips = element("ul", { class: "sv-chips", "aria-label": "Chosen questions" });
  const list = element("ul", { class: "sv-list", "aria-label": "Questions", onkeydown: walk });
  const own = makeOwn(model, signal);
  el.append(
    element("div", { class: "sv-filters" }, languages(), forms(), count),
    chips,
    list,
    own.node,
  );

  function languages() {
    const group = element("div", { class: "sv-segments", role: "group", "aria-label": "Language" });
    const offered = { "": "all", ...model.get("languages") };
    for (const [code, name] of Object.entries(offered)) {
      const pressed = () => {
        language = code;
        for (const button of group.children) {
          button.setAttribute("aria-pressed", button.dataset.code === language);
        }
        draw();
      };
      const options = { type: "button", "data-code": code, "aria-pressed": String(code === language) };
      group.append(element("button", { ...options, lang: code || null, onclick: pressed }, name));
    }
    return group;
  }

  function forms() {
    const changed = (event) => {
      form = event.target.value;
      draw();
    };
    const options = Object.entries(model.get("formats")).map(([value, name]) =>
      element("option", { value }, name),
    );
    return element(
      "label",
      {},
      "asks for ",
      element(
        "select",
        { "aria-label": "Form of answer", onchange: changed },
        element("option", { value: "" }, "any form"),
        ...options,
      ),
    );
  }

  function choose(keys) {
    model.set("chosen", keys);
    model.save_changes();
  }

  function toggle(key) {
    const chosen = model.get("chosen");
    choose(chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key]);
  }

  // Up and down walk through the list, as in any list; space ticks.
  function walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const boxes = [...list.querySelectorAll("input")];
    const next = boxes[boxes.indexOf(event.target) + step];
    event.preventDefault();
    if (next) next.focus();
  }

  function row(prompt, chosen) {
    const box = element("input", {
      type: "checkbox",
      "data-key": prompt.key,
      "aria-label": `${prompt.name}: ${prompt.text}`,
      onchange: () => toggle(prompt.key),
    });
    box.checked = chosen.includes(prompt.key);
    const about = [model.get("formats")[prompt.format], ...(prompt.own ? ["your own"] : [])];
    const remove = element(
      "button",
      {
        type: "button",
        class: "sv-remove",
        "aria-label": `Remove ${prompt.name}`,
        title: "take it off the list",
        onclick: () => model.send({ kind: "remove", key: prompt.key }),
      },
      "×",
    );
    return element(
      "li",
      { class: "sv-prompt" },
      element(
        "label",
        {},
        box,
        element(
          "span",
          { class: "sv-words" },
          element("bdi", { class: "sv-name" }, prompt.name),
          element("span", { class: "sv-form" }, about.join(" · ")),
          element("span", { class: "sv-question", lang: prompt.language, dir: "auto" }, prompt.text),
        ),
      ),
      prompt.own ? remove : null,
    );
  }

  function chip(prompt) {
    return element(
      "li",
      { class: "sv-chip", title: prompt.text },
      element("bdi", {}, prompt.name),
      element(
        "button",
        {
          type: "button",
          class: "sv-remove",
          "aria-label": `Do not ask ${prompt.name}`,
          onclick: () => toggle(prompt.key),
        },
        "×",
      ),
    );
  }

  function draw() {
    const listed = model.get("listed");
    const chosen = model.get("chosen");
    const byKey = new Map(listed.map((prompt) => [prompt.key, prompt]));
    const shown = listed.filter(
      (prompt) =>
        (!language || prompt.language === language) && (!form || prompt.format === form),
    );
    const focused = list.contains(document.activeElement)
      ? document.activeElement.dataset.key
      : undefined;
    const top = list.scrollTop;
    list.replaceChildren(
      ...shown.map((prompt) => row(prompt, chosen)),
      shown.length ? "" : element("li", { class: "sv-note" }, "No question is of this kind."),
    );
    list.scrollTop = top;
    if (focused !== undefined) list.querySelector(`[data-key="${focused}"]`)?.focus();
    chips.replaceChildren(...chosen.filter((key) => byKey.has(key)).map((key) => chip(byKey.get(key))));
    chips.hidden = !chosen.length;
    const number = chosen.length;
    count.textContent = `${number || "no"} question${number === 1 ? "" : "s"} chosen, ${shown.length} shown`;
  }

  draw();
  observe(model, signal, { listed: draw, chosen: draw });
}

// The form for a question of one's own. What becomes of it is told while it is typed.
function makeOwn(model, signal) {
  let turn = 0;
  let timer = 0;
  const field = (label, control) => element("label", {}, element("span", {}, label), control);
  const told = element("p", { class: "sv-told", role: "status", id: `sv-told-${Math.random().toString(36).slice(2)}` });
  const text = element("textarea", {
    rows: 2,
    "aria-label": "Your own question",
    "aria-describedby": told.id,
    placeholder: "How does the speaker sound?",
    oninput: () => soon(),
  });
  const name = element("input", {
    type: "text",
    "aria-label": "Name of your question",
    placeholder: "made of the question",
    oninput: () => soon(),
    onkeydown: (event) => {
      if (event.key === "Enter") send("add");
    },
  });
  const select = (label, offered, value) => {
    const options = Object.entries(offered).map(([key, shown]) =>
      element("option", { value: key, selected: key === value }, shown),
    );
    return element("select", { "aria-label": label }, ...options);
  };
  const language = select(
    "Language of your question",
    model.get("languages"),
    model.get("language") || "en",
  );
  const form = select("Form of answer of your question", model.get("formats"), "free");
  const add = element("button", { type: "button", onclick: () => send("add") }, "Add question");
  const node = element(
    "details",
    { class: "sv-own" },
    element("summary", {}, "Ask a question of your own"),
    text,
    element("div", { class: "sv-fields" }, field("name", name), field("language", language), field("asks for", form), add),
    told,
  );

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(() => send("draft"), WAIT);
  }

  function send(kind) {
    clearTimeout(timer);
    turn += 1;
    model.send({
      kind,
      turn,
      text: text.value,
      name: name.value,
      language: language.value,
      format: form.value,
    });
  }

  function tell(words, kind) {
    told.textContent = words;
    told.className = `sv-told ${kind}`;
  }

  function heard(content) {
    if (content.kind !== "told" || content.turn !== turn) return;
    if (content.added) {
      text.value = "";
      name.value = "";
      tell(`${content.called} is added and chosen. ${content.note}`, content.note ? "sv-warning" : "");
      text.focus();
    } else if (content.problem) {
      tell(content.problem, "sv-error");
    } else {
      tell(content.note || `It will be called ${content.called}.`, content.note ? "sv-warning" : "");
    }
  }

  model.on("msg:custom", heard);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    model.off("msg:custom", heard);
  });
  return { node };
}

export default { render };
