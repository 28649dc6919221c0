"use strict";
const content = JSON.parse(document.getElementById("content").textContent);
const languageButtons = [...document.querySelectorAll("[data-language]")];

function showLanguage(language) {
  document.documentElement.lang = content.tags[language];
  document.title = content.titles[language];
  for (const button of languageButtons) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  for (const image of document.images) {
    image.alt = image.dataset[language];
  }
  if (content.what_if) {
    showSum();
  }
}

// A number as the notebooks write it: three decimals, a true minus, no sign at zero.
function written(value, decimals, plus) {
  const digits = Math.abs(value).toFixed(decimals);
  const sign = Number(digits) === 0 ? "" : value < 0 ? "−" : plus;
  return sign + digits;
}

function currentLanguage() {
  return Object.keys(content.tags).find((language) => content.tags[language] === document.documentElement.lang);
}

// The same sum as Levers.what_if: weights are points towards better, errors are added with their correlations.
function sumOf(changes) {
  const { levers, correlations, reach } = content.what_if;
  const weights = levers.map((lever, place) => lever.direction * changes[place]);
  const spreads = levers.map((lever, place) => weights[place] * lever.gain_se);
  const est = levers.reduce((sum, lever, place) => sum + weights[place] * lever.gain, 0);
  let variance = 0;
  spreads.forEach((one, i) => spreads.forEach((other, j) => { variance += one * correlations[i][j] * other; }));
  const half = reach * Math.sqrt(Math.max(variance, 0));
  return { est, lower: est - half, upper: est + half };
}

function showSum() {
  const language = currentLanguage();
  const words = content.words[language];
  const inputs = [...document.querySelectorAll("#levers input")];
  const changes = inputs.map((input) => Number(input.value));
  inputs.forEach((input, place) => {
    const moved = written(changes[place], 1, "+");
    input.setAttribute("aria-valuetext", words.points.replace("{points}", moved));
    input.parentElement.querySelector("output").textContent = moved;
  });
  const { est, lower, upper } = sumOf(changes);
  const result = document.getElementById("result");
  result.replaceChildren();
  drawInterval(est, lower, upper);
  if (changes.every((change) => change === 0)) {
    result.textContent = words.nothing;
    return;
  }
  const number = document.createElement("strong");
  number.textContent = words.points.replace("{points}", written(est, 3, "+"));
  const limits = words.interval.replace("{lower}", written(lower, 3, "")).replace("{upper}", written(upper, 3, ""));
  const before = words.before.replace("{outcome}", () => content.what_if.outcome[language]);
  result.append(before, number, limits, lower * upper <= 0 ? words.open : "");
}

// Axis as wide as all factors at their ends would need, so that it does not move.
function drawInterval(est, lower, upper) {
  const furthest = content.what_if.levers.map((lever) => {
    const points = Math.max(-lever.lowest, lever.highest);
    return points * (Math.abs(lever.gain) + content.what_if.reach * lever.gain_se);
  });
  const end = Math.ceil(furthest.reduce((sum, one) => sum + one, 0) * 10) / 10 || 1;
  const place = (value) => 300 + (value / end) * 270;
  const drawn = (name, attributes, text) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    element.textContent = text;
    return element;
  };
  const label = (value, anchor) => drawn("text", { x: place(value), y: 42, "text-anchor": anchor }, written(value, 1, "+"));
  document.getElementById("interval").replaceChildren(
    drawn("line", { x1: place(-end), x2: place(end), y1: 14, y2: 14, stroke: "#8a8a8a" }, ""),
    drawn("line", { x1: 300, x2: 300, y1: 4, y2: 26, stroke: "#8a8a8a" }, ""),
    drawn("line", { x1: place(lower), x2: place(upper), y1: 14, y2: 14, stroke: "#1f4e79", "stroke-width": 4 }, ""),
    drawn("circle", { cx: place(est), cy: 14, r: 6, fill: "#1f4e79" }, ""),
    label(-end, "middle"), label(0, "middle"), label(end, "middle"),
  );
}

for (const button of languageButtons) {
  button.addEventListener("click", () => showLanguage(button.dataset.language));
}
if (content.what_if) {
  const form = document.getElementById("levers");
  form.reset();
  form.addEventListener("input", showSum);
  document.getElementById("reset").addEventListener("click", () => { form.reset(); showSum(); });
}
showLanguage(content.language);
