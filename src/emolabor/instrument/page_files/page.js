// The page around the questionnaire: its language, and saving the answers as a CSV file with a column an item.
(() => {
  const page = JSON.parse(document.getElementById("questionnaire").textContent);
  const words = (name) => page.words[name][language];
  const element = (id) => document.getElementById(id);
  let language = page.language;
  let survey, started, row;

  // No text holds these signs: braces in a text stay braces, and nothing is put in their place.
  Survey.settings.expressionVariableDelimiters = { start: "\u0002", end: "\u0003" };

  // Answers to a table are nested under its name; a data file has a column an item.
  function flatten(answers) {
    const flat = {};
    for (const [name, value] of Object.entries(answers)) {
      if (page.tables.includes(name)) Object.assign(flat, value);
      else flat[name] = value;
    }
    return flat;
  }

  function cell(value) {
    let text = value === undefined || value === null ? "" : String(value);
    if (/^[=+\-@\t\r]/.test(text)) text = "'" + text; // a spreadsheet must not take it as a formula
    return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  }

  function save() {
    const lines = [page.columns.map(cell).join(","), page.columns.map((key) => cell(row[key])).join(",")];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff" + lines.join("\n") + "\n"], { type: "text/csv" }));
    link.download = page.name + "-" + new Date().toISOString().replaceAll(/[:.]/g, "-") + ".csv";
    link.click();
    URL.revokeObjectURL(link.href);
    window.onbeforeunload = null;
    element("again").hidden = false;
  }

  function finish() {
    row = flatten(survey.data);
    if (page.seconds) row[page.seconds] = Math.round((Date.now() - started) / 1000);
    element("survey").hidden = true;
    element("languages").hidden = true;
    element("finish").hidden = false;
    element("again").hidden = true;
    element("finish-text").textContent = words("thanks") + " " + words("save_text");
    element("save").textContent = words("save");
    element("again").textContent = words("again");
  }

  function speak(chosen) {
    language = chosen;
    document.documentElement.lang = page.locales[language];
    document.title = page.titles[language];
    survey.locale = page.locales[language];
    for (const button of element("languages").children)
      button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }

  function begin() {
    const place = document.createElement("div");
    element("survey").replaceChildren(place);
    survey = new Survey.Model(page.survey);
    started = Date.now();
    survey.onComplete.add(finish);
    survey.onValueChanged.add(() => { window.onbeforeunload = (event) => event.preventDefault(); });
    // A link such as page.html?centre=C01 fills in a code.
    for (const [key, value] of new URLSearchParams(location.search))
      if (page.typed.includes(key)) survey.setValue(key, value);
    for (const id of ["survey", "languages"]) element(id).hidden = false;
    element("finish").hidden = true;
    speak(language);
    survey.render(place);
  }

  for (const code of Object.keys(page.titles)) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.language = code;
    button.textContent = page.names[code];
    button.onclick = () => speak(code);
    if (Object.keys(page.titles).length > 1) element("languages").append(button, " ");
  }
  element("save").onclick = save;
  element("again").onclick = begin;
  begin();
})();
