"""An attacker with every output of a run cannot work out a count of 1 to 4: each is bounded by an integer program.

Unknown are the counts of every answer to every item; what tables and codebook show are the constraints. A count is
worked out where its largest and its smallest possible value are one.
"""

import re

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

import emolabor as el
from emolabor.common.privacy import coarse, hidden_cells, hidden_missing, rounded_counts
from emolabor.responses import family_counts, missing_by_item, share_by_group
from emolabor.study import FactorReport, open_study

pytestmark = pytest.mark.slow

CODES = np.arange(1, 6)
FACTORS = ("role_clarity", "reward_say", "unit_guidance", "training_access")


def half_step(value, n_steps=(1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)):
    """The attacker takes a number for rounded as coarsely as its digits allow, or for exact."""
    step = next((step for step in n_steps if abs(value / step - round(value / step)) < 1e-9), None)
    return 1e-9 if step is None else step / 2 + 1e-9


def bounds_of(n_low, n_high, mean=None, sd=None, low=None, high=None):
    """Bound each of five counts with sum, mean and mean square known within limits."""
    rows = [(np.ones(5), n_low, n_high)]
    if mean is not None:
        tolerance = half_step(mean)
        rows += [(CODES - (mean - tolerance), 0, np.inf), (CODES - (mean + tolerance), -np.inf, 0)]
    if sd is not None:
        squares = [(sd + sign * half_step(sd)) ** 2 * (n - 1) for sign, n in ((-1, n_low), (1, n_high))]
        centre = (CODES - mean) ** 2
        slack = n_high * half_step(mean) ** 2
        rows.append((centre, squares[0] - 1e-6, squares[1] + slack + 1e-6))
    limits = LinearConstraint(np.array([row[0] for row in rows]), [row[1] for row in rows], [row[2] for row in rows])
    box = Bounds(np.zeros(5) if low is None else low, np.full(5, np.inf) if high is None else high)
    found = []
    for place in range(5):
        ends = []
        for sign in (1, -1):
            answer = milp(sign * np.eye(5)[place], constraints=limits, integrality=np.ones(5), bounds=box)
            assert answer.success, answer.message
            ends.append(round(answer.x[place]))
        found.append(tuple(ends))
    return found


def worked_out(true, bounds):
    return [code for code, count, (low, high) in zip(CODES, true, bounds, strict=True) if 0 < count < 5 and low == high]


@pytest.mark.parametrize(("n", "seed"), [(40, 5), (60, 1), (120, 2), (300, 3)])
def test_the_codebook_leaves_every_small_count_open(n, seed):
    staff = el.simulate_staff(n, seed=seed)
    book = el.codebook(el.load_instrument("window_staff"), staff).table("en").set_index("key")
    small = 0
    for key in el.load_instrument("window_staff").points():
        row, answers = book.loc[key], staff[key].dropna()
        true = [(answers == code).sum() for code in CODES]
        shown = [part.split(": ")[1] for part in row["counts"].split("; ")]
        low = np.array([0 if count == "–" else int(count) - 2 for count in shown], dtype=float)
        high = np.array([4 if count == "–" else int(count) + 2 for count in shown], dtype=float)
        if set(shown) == {"–"}:
            high[:] = np.inf
        bounds = bounds_of(len(answers), len(answers), row["mean"], None, low, high)  # n as if another table told it
        small += sum(0 < count < 5 for count in true)
        assert worked_out(true, bounds) == [], key
        assert pd.isna(row["missing"]) or row["missing"] >= 5
    assert small > 0


def made(folder, n, seed):
    staff = el.simulate_staff(n, seed=seed)
    staff["rc1"] = [1] * 3 + [2] * (n // 3) + [3] * (n - 3 - n // 3)
    staff["rs1"] = staff["rs1"].fillna(3)
    staff.loc[:1, "rs1"] = np.nan
    staff.to_csv(folder / "mine.csv", index=False)
    return open_study(folder / "mine.csv")


@pytest.mark.parametrize(("n", "seed"), [(80, 1), (150, 2), (300, 4)])
def test_the_tables_of_factors_leave_every_small_count_open(n, seed, tmp_path):
    study = made(tmp_path, n, seed)
    small = 0
    for factor in FACTORS:
        shares = FactorReport(study, factor).answer_shares()
        for item, row in shares.iterrows():
            answers = study.kept.data[item].dropna()
            true = [(answers == code).sum() for code in CODES]
            parts = row[[f"share_{code}" for code in CODES]].astype(float)
            small += sum(0 < count < 5 for count in true)
            if any(0 < count < 5 for count in true):
                assert parts.isna().all()
                assert worked_out(true, bounds_of(len(answers), len(answers), row["mean"])) == [], item
            elif pd.isna(row["n"]) and parts.notna().any():
                # Which numbers of respondents fit the mean and all shares, with some whole count behind each?
                kept = len(study.kept.data)
                fitting = [
                    m for m in range(5)
                    if all(
                        any(abs(count / (kept - m) - share) <= half_step(share) for count in range(kept - m + 1))
                        for share in parts
                    )
                ]  # fmt: skip
                assert len(fitting) > 1, item
    assert small > 0


def test_numbers_of_missing_answers_are_hidden_alike_everywhere(tmp_path):
    study = made(tmp_path, 300, 4)
    table = missing_by_item(study.staff)
    book = el.codebook(study.instrument, study.staff.data).table("en").set_index("key")
    few = study.staff.data[table.index].isna().sum().between(1, 4)
    assert few.any()
    assert (
        table.loc[few, ["missing", "share"]].isna().all(axis=None)
        and book.loc[table.index[few], "missing"].isna().all()
    )
    assert not table["missing"].between(0, 4).any()


def test_a_single_answer_does_not_follow_from_all_minus_those_who_stay(tmp_path):
    study = made(tmp_path, 60, 1)
    assert 1 <= len(study.everyone) - len(study.kept.data) <= 4
    sensitivity = el.screening_sensitivity(study.staff, study.screening)
    assert sensitivity[["all", "difference"]].isna().all(axis=None) and sensitivity["kept"].notna().any()
    shares = FactorReport(study, "unit_guidance").answer_shares()
    assert shares.filter(like="share_").isna().all(axis=None) and shares["n"].isna().all()


def test_groups_of_flags_do_not_tell_small_counts():
    flags = pd.Series([True] * 3 + [False] * 97 + [True] * 12 + [False] * 88 + [True] * 20 + [False] * 80)
    groups = pd.Series(["a"] * 100 + ["b"] * 100 + ["c"] * 100)
    table, pvalue = share_by_group(flags, groups)
    assert table.loc[["a", "b"]].isna().all(axis=None) and table.loc["c", "count"] == 20
    assert np.isnan(pvalue)  # its digits would tell
    counts = family_counts(pd.DataFrame({"families": [0] * 50 + [1] * 3 + [2] * 7 + [3]}))
    assert counts.isna().tolist() == [True, True, False]  # the third is all minus those who stay


def possible(hidden, counts):
    """What the hidden counts may be for one who knows the rule, the sum and which cells are hidden."""
    total, number = counts[hidden].sum(), hidden.sum()
    grids = np.stack(np.meshgrid(*[np.arange(total + 1)] * number, indexing="ij"), -1).reshape(-1, number)
    for cells in grids[grids.sum(axis=1) == total]:
        whole = counts.copy()
        whole[hidden] = cells
        if (hidden_cells(whole) == hidden).all():
            yield cells


@pytest.mark.parametrize("seed", range(12))
def test_one_who_knows_the_rule_cannot_turn_it_round(seed):
    counts = np.random.default_rng(seed).integers(0, 9, 4)
    hidden = hidden_cells(counts)
    cells = np.array(list(possible(hidden, counts))) if hidden.any() else np.zeros((0, 0))
    small = (counts[hidden] > 0) & (counts[hidden] < 5)
    assert not small.any() or counts.sum() < 5 or (np.ptp(cells[:, small], axis=0) > 0).all()


@pytest.mark.parametrize("counts", [[4, 27], [1, 300], [3, 37], [2, 5, 40], [1, 1, 1], [4, 12, 42]])
def test_rounded_counts_leave_each_small_count_three_values_or_none_is_shown(counts):
    shown = rounded_counts(counts)
    if not np.isnan(shown).all():
        low, high = np.where(np.isnan(shown), 0, shown - 2), np.where(np.isnan(shown), 4, shown + 2)
        for place in np.flatnonzero([0 < count < 5 for count in counts]):
            rest = np.arange(len(counts)) != place
            values = range(
                int(max(low[place], sum(counts) - high[rest].sum())),
                int(min(high[place], sum(counts) - low[rest].sum())) + 1,
            )
            assert len(values) >= 3


def test_steps_are_those_that_five_respondents_make():
    assert [coarse(1.2345, n) for n in (2000, 500, 300, 100, 40, 5)] == [1.23, 1.23, 1.24, 1.25, 1.2, 1.0]
    assert np.isnan(coarse(1.2, 4))
    assert not hidden_missing([0, 0]).any() and re.fullmatch(
        "[01]+", "".join(str(int(x)) for x in hidden_missing([0, 1]))
    )


class Attacker:
    """Counts of every answer to the items of one factor, among those left out and in each group of those who stay.

    One integer program holds what the codebook, the table of missing answers and the tables of the factor show.
    """

    def __init__(self, items, groups):
        self.items, self.parts = items, ["left out", *groups, "rest"]
        self.rows, self.low, self.high = [], [], []

    def cells(self, items=None, parts=None, weight=lambda item, code: 1.0):
        table = np.zeros((len(self.items), len(self.parts), 5))
        for item in self.items if items is None else items:
            for part in self.parts if parts is None else parts:
                for code in CODES:
                    place = self.items.index(item), self.parts.index(part), code - 1
                    table[place] = weight(item, code)
        return table.ravel()

    def know(self, row, low, high):
        self.rows.append(row), self.low.append(low), self.high.append(high)

    def range(self, row):
        """The smallest and the largest value of a sum of cells, or None where the solver did not end in time."""
        found = []
        limits = LinearConstraint(np.array(self.rows), self.low, self.high)
        for sign in (1, -1):
            answer = milp(
                sign * row,
                constraints=limits,
                integrality=np.ones(len(row)),
                options={"time_limit": 20, "mip_rel_gap": 0},
            )
            assert answer.x is not None, answer.message
            found.append(round(sign * answer.fun))
        return tuple(found)


def attacked(study, factor):
    """Join all that one run shows of a factor's items; every statement is true of the answers."""
    report, staff, kept = FactorReport(study, factor), study.staff.data, study.kept.data
    items = list(report.items)
    shares = report.answer_shares()
    book = el.codebook(study.instrument, staff).table("en").set_index("key")
    missing = missing_by_item(study.staff)["missing"]
    groups = report.group_means(["tenure_band"])
    shown = [name for name in groups.index if name.startswith("tenure_band=")]
    attacker = Attacker(items, shown)
    stays = [part for part in attacker.parts if part != "left out"]
    for item in items:
        everyone, those = attacker.cells([item]), attacker.cells([item], stays)
        lost = (missing[item], missing[item]) if pd.notna(missing[item]) else (0, 4)
        attacker.know(everyone, len(staff) - lost[1], len(staff) - lost[0])
        attacker.know(attacker.cells([item], ["left out"]), 0, len(staff) - len(kept))
        row = shares.loc[item]
        n = (row["n"], row["n"]) if pd.notna(row["n"]) else (max(len(kept) - 4, 0), len(kept))
        attacker.know(those, *n)
        for table, cells in ((book.loc[item], everyone), (row, those)):
            if pd.notna(table["mean"]):
                slack, parts = half_step(table["mean"]), None if cells is everyone else stays
                for sign, bounds in ((-1, (0, np.inf)), (1, (-np.inf, 0))):
                    ends = attacker.cells([item], parts, lambda _, code, m=table["mean"] + sign * slack: code - m)
                    attacker.know(ends, *bounds)
        for code, count in zip(
            CODES, [part.split(": ")[1] for part in book.loc[item, "counts"].split("; ")], strict=True
        ):
            one = attacker.cells([item], None, lambda _, value, code=code: float(value == code))
            if count != "–":
                attacker.know(one, int(count) - 2, int(count) + 2)
        for code in CODES:
            one = attacker.cells([item], stays, lambda _, value, code=code: float(value == code))
            if pd.notna(row[f"share_{code}"]) and pd.notna(row["n"]):
                count = row[f"share_{code}"] * row["n"]
                attacker.know(one, count - 1e-6, count + 1e-6)
    # Means of scale scores, where all answered, are sums of cells.
    turned = study.instrument.reversed_items
    if kept[items].notna().all(axis=None):
        for name, parts in [("everyone", stays), *((name, [name]) for name in shown)]:
            weight = groups.loc[name, "n"] * len(items)
            total, slack = weight * groups.loc[name, "mean"], weight * half_step(groups.loc[name, "mean"])
            sums = attacker.cells(items, parts, lambda item, code: 6.0 - code if item in turned else float(code))
            attacker.know(sums, total - slack, total + slack)
            for item in items:
                attacker.know(attacker.cells([item], parts), groups.loc[name, "n"], groups.loc[name, "n"])
    return attacker, stays


@pytest.mark.parametrize(("n", "seed"), [(80, 1), (150, 2), (300, 4)])
@pytest.mark.parametrize("complete", [True, False])
def test_all_tables_of_a_run_together_leave_every_small_count_open(n, seed, complete, tmp_path):
    staff = el.simulate_staff(n, seed=seed)
    if complete:
        staff = staff.fillna({item: 3 for item in el.load_instrument("window_staff").points()})
    staff["ug1"] = [1] * 2 + [3] * (n // 2) + [4] * (n - 2 - n // 2)
    staff.to_csv(tmp_path / "mine.csv", index=False)
    study = open_study(tmp_path / "mine.csv")
    small = 0
    for factor in ("unit_guidance", "role_clarity"):
        attacker, stays = attacked(study, factor)
        for item in attacker.items:
            for data, parts in ((study.staff.data, attacker.parts), (study.kept.data, stays)):
                for code in CODES:
                    true = (data[item] == code).sum()
                    if 0 < true < 5:
                        row = attacker.cells([item], parts, lambda _, value, code=code: float(value == code))
                        low, high = attacker.range(row)
                        assert low <= true <= high  # what the attacker takes for true is true
                        assert low < high, (item, code)
                        small += 1
    assert small > 0
