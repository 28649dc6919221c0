"""An attacker with all scores that a run shows cannot work out how many respondents, where 1 to 4, have a score.

One integer program joins what notebooks 02, 03 and 06 show of a scale: n, mean and standard deviation of all who
answered, of all who stay, of those whom the study is about and of their groups by tenure and by type of employment, and
the correlation with another scale. Unknown are how many in each part have each score, how many gave each answer to each
item, and how many have each pair of scores. A count is worked out where no other value of it fits all that is shown.
"""

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

import emolabor as el
from emolabor.common.privacy import is_small
from emolabor.responses import score, shown_sensitivity
from emolabor.study import FactorReport, open_study, score_correlations, score_table

OTHER = "exhaustion"
STEPS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)


def step(n):
    """The steps in which a run shows a mean of n respondents; the attacker knows the rule."""
    return next(size for size in reversed(STEPS) if size >= 5 / n - 1e-12)


class Attacker:
    """The counts that are sought, and what is known of them: limits of sums, with the truth beside them as a check."""

    def __init__(self, blocks):
        self.sizes = {name: np.asarray(truth) for name, truth in blocks.items()}
        ends = np.cumsum([truth.size for truth in self.sizes.values()])
        self.places = {
            name: slice(end - truth.size, end) for (name, truth), end in zip(self.sizes.items(), ends, strict=True)
        }
        self.truth = np.concatenate([truth.ravel() for truth in self.sizes.values()]).astype(float)
        self.rows, self.low, self.high = [], [], []

    def row(self, **weights):
        """Weights of counts, a block each; zero for what is not named."""
        row = np.zeros(len(self.truth))
        for name, weight in weights.items():
            row[self.places[name]] = np.broadcast_to(weight, self.sizes[name].shape).ravel()
        return row

    def know(self, row, low, high):
        assert low - 1e-6 <= row @ self.truth <= high + 1e-6, "the attacker takes for true what is not"
        self.rows.append(row), self.low.append(low - 1e-6), self.high.append(high + 1e-6)

    def describe(self, rows, values, n, mean, sd, size):
        """Know n, mean and standard deviation of scores with these values; the two are rounded to steps of a size."""
        half = size / 2
        self.know(sum(row for row in rows(np.ones(len(values)))), n, n)
        self.know(sum(rows(values - mean)), -n * half, n * half)
        low, high = ((n - 1) * max(sd + sign * half, 0) ** 2 for sign in (-1, 1))
        self.know(sum(rows((values - mean) ** 2)), low, high + n * half**2)

    def worked_out(self, sought):
        """List those of the counts of which no other value than the true one fits what is known."""
        found, left = [], dict(sought)
        while left:
            key, row = next(iter(left.items()))
            other = self._otherwise(row)
            if other is None:
                found.append(left.pop(key))
            else:  # other counts than this one may differ in what was found
                left = {name: one for name, one in left.items() if abs(one @ (other - self.truth)) < 0.5}
        return [key for key, row in sought.items() if any(row is one for one in found)]

    def _otherwise(self, row):
        """Find counts that fit all that is known, with another value of one of them; None where there are none."""
        true, size = round(row @ self.truth), len(self.truth)
        for box in (Bounds(np.maximum(self.truth - 2, 0), self.truth + 2), Bounds(0, np.inf)):
            for low, high in ((0, true - 1), (true + 1, np.inf)):
                known = LinearConstraint(np.array([*self.rows, row]), [*self.low, low], [*self.high, high])
                options = {"time_limit": 60}
                found = milp(np.zeros(size), constraints=known, integrality=np.ones(size), bounds=box, options=options)
                if found.x is not None:
                    return found.x.round()
        return None


def attacked(study, factor, correlation=True):
    """Join all that one run shows of the scores of a factor; return the attacker, and the parts of those who stay."""
    report, staff, kept = FactorReport(study, factor), study.staff.data, study.kept.data
    items, turned = list(report.items), study.instrument.reversed_items
    values = np.arange(len(items), 5 * len(items) + 1) / len(items)
    parts = {"careless": staff[study.screening["careless"]]}
    careful = study.staff_by("dispatch_type").data
    contrast = careful[~careful["dispatch_type"].isin(kept["dispatch_type"].unique())]
    means = report.group_means(["tenure_band", "dispatch_type"])
    columns = {"tenure_band": kept, "dispatch_type": contrast}
    for column, data in columns.items():
        shown = {name.split("=")[1] for name in means.index if name.startswith(f"{column}=")}
        codes = data[column].map(lambda code: str(int(code)) if isinstance(code, float) and code == code else str(code))
        parts |= {f"{column}={code}": data[codes == code] for code in sorted(shown & set(codes))}
        parts |= {f"{column} rest": data[~codes.isin(shown)]}
    stays = [part for part in parts if part.startswith("tenure_band")]
    totals = {part: _totals(study, data, factor, values) for part, data in parts.items()}
    answers = {
        f"{part} {item}": [(data[item] == code).sum() for code in range(1, 6)]
        for part, data in parts.items()
        for item in items
    }
    scores = score(study.kept)[[factor, OTHER]]
    width = len(study.instrument.dimensions()[OTHER])
    others = np.arange(width, 5 * width + 1) / width
    pairs = np.zeros((len(values), len(others)))
    for one, other in scores.itertuples(index=False):
        pairs[np.abs(values - one).argmin(), np.abs(others - other).argmin()] += 1
    attacker = Attacker(totals | answers | {"pairs": pairs})

    for part in parts:
        for item in items:
            attacker.know(attacker.row(**{part: 1.0, f"{part} {item}": -1.0}), 0, 0)
        codes = {item: np.arange(5, 0, -1.0) if item in turned else np.arange(1, 6.0) for item in items}
        sums = {f"{part} {item}": -codes[item] / len(items) for item in items}
        attacker.know(attacker.row(**{part: values}, **sums), 0, 0)
    for place in range(len(values)):
        one = np.eye(len(values))[place]
        attacker.know(attacker.row(**dict.fromkeys(stays, one), pairs=-one[:, None]), 0, 0)

    def among(names):
        return lambda weight: [attacker.row(**{name: weight}) for name in names]

    table = score_table(scores)
    attacker.describe(among(stays), values, len(kept), *table.loc[factor, ["mean", "sd"]], step(len(kept)))
    attacker.describe(
        lambda weight: [attacker.row(pairs=weight[None, :])],
        others,
        len(kept),
        *table.loc[OTHER, ["mean", "sd"]],
        step(len(kept)),
    )
    for name in means.index:
        n = int(means.loc[name, "n"])
        names = stays if name in ("everyone", "dispatch_type=dispatched") else [name]
        attacker.describe(among(names), values, n, *means.loc[name, ["mean", "sd"]], step(n))
    sensitivity = shown_sensitivity(study.staff, study.screening)
    for column, names in {"all": list(parts), "kept": [part for part in parts if part != "careless"]}.items():
        n = sum(len(parts[name]) for name in names)
        mean, sd = (sensitivity.loc[f"{kind} {factor}", column] for kind in ("mean", "sd"))
        if mean == mean:
            attacker.describe(among(names), values, n, mean, sd, step(n))
    if correlation:
        _correlated(attacker, scores, table, values, others)
    return attacker, stays


def _totals(study, data, factor, values):
    found = score(type(study.staff)(data.reset_index(drop=True), study.staff.report, study.instrument))[factor]
    return [int((np.abs(found - value) < 1e-9).sum()) for value in values]


def _correlated(attacker, scores, table, values, others):
    """Know the correlation, each of its parts rounded."""
    n, half = len(scores), step(len(scores)) / 2
    r = score_correlations(scores, {name: 1.0 for name in scores}).iloc[1, 0]
    (mean, sd), (other_mean, other_sd) = table[["mean", "sd"]].to_numpy()
    ends = [(r + a * half) * (sd + b * half) * (other_sd + c * half) for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)]
    slack = n * half**2
    row = attacker.row(pairs=np.outer(values - mean, others - other_mean))
    attacker.know(row, (n - 1) * min(ends) - slack, (n - 1) * max(ends) + slack)


def complete(n, seed):
    staff = el.simulate_staff(n, seed=seed)
    items = list(el.load_instrument("window_staff").points())
    return staff.fillna(dict.fromkeys(items, 3)).fillna({"tenure_band": 2, "dispatch_type": "dispatched"})


def small_counts(attacker, stays):
    """What the attacker is after: every count of 1 to 4, by part and score or answer, and among all who stay."""
    sought = {}
    for part in [*attacker.sizes][:-1]:
        for place, count in enumerate(attacker.sizes[part]):
            if is_small(count):
                sought[part, place] = attacker.row(**{part: np.eye(attacker.sizes[part].size)[place]})
    whole = sum(attacker.sizes[part] for part in stays)
    for place in np.flatnonzero(is_small(whole)):
        sought["all who stay", place] = attacker.row(**dict.fromkeys(stays, np.eye(whole.size)[place]))
    return sought


@pytest.mark.slow
@pytest.mark.parametrize(("n", "seed"), [(70, 1), (150, 2), (400, 3)])
@pytest.mark.parametrize("factor", ["unit_guidance", "role_clarity"])
def test_no_small_number_of_respondents_with_a_score_is_worked_out(n, seed, factor, tmp_path):
    complete(n, seed).to_csv(tmp_path / "mine.csv", index=False)
    attacker, stays = attacked(open_study(tmp_path / "mine.csv"), factor)
    sought = small_counts(attacker, stays)
    assert len(sought) > 10
    assert attacker.worked_out(sought) == []


@pytest.mark.slow
def test_the_attacker_works_out_what_exact_numbers_tell(tmp_path, monkeypatch):
    for module in ("factor_report", "tables"):
        monkeypatch.setattr(f"emolabor.study.{module}.coarse", lambda value, n: value)
    monkeypatch.setattr("emolabor.responses.shown_screening.coarse", lambda value, n: value)
    monkeypatch.setattr(f"{__name__}.step", lambda n: 1e-9)
    complete(70, 1).to_csv(tmp_path / "mine.csv", index=False)
    attacker, stays = attacked(open_study(tmp_path / "mine.csv"), "unit_guidance")
    smallest = min(attacker.sizes, key=lambda part: (attacker.sizes[part].sum() < 5, attacker.sizes[part].sum()))
    sought = {key: row for key, row in small_counts(attacker, stays).items() if key[0] == smallest}
    assert attacker.worked_out(sought) != []
