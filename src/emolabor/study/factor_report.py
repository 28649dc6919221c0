"""One management factor: its claims, the answers to its items, and what goes with it."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from scipy.special import stdtrit

from emolabor.analysis import levers
from emolabor.common.errors import EmolaborError
from emolabor.common.privacy import coarse, hidden_cells, hidden_missing, is_small
from emolabor.responses import score
from emolabor.study.sample import Study


@dataclass(frozen=True, eq=False, repr=False)
class FactorReport:
    """The tables about one factor.

    Attributes
    ----------
    study : Study
        From `open_study`.
    factor : str
        Key of a construct that a claim names.
    """

    study: Study
    factor: str

    def __post_init__(self):
        if not self.claims:
            known = sorted({name for one in self.study.claims for path in one.paths for name in _doing(path) if name})
            raise EmolaborError(f"factor: no claim names {self.factor!r}; allowed: {', '.join(known)}")

    def __repr__(self):
        return f"FactorReport({self.factor})"

    @cached_property
    def claims(self):
        """The claims in which the factor does something: at the start of a path, on the way, or as moderator."""
        return tuple(one for one in self.study.claims if any(self.factor in _doing(path) for path in one.paths))

    @property
    def outcomes(self):
        """What the claims say goes with the factor, in their order."""
        paths = [path for one in self.claims for path in one.paths if path.source == self.factor and not path.moderator]
        return list(dict.fromkeys(path.to for path in paths))

    @property
    def items(self):
        """Keys of the factor's items."""
        return self.study.instrument.dimensions()[self.factor]

    @property
    def scale(self):
        """The scale that the factor is a dimension of."""
        scales = self.study.instrument.scales
        return next(one for one in scales if self.factor in [dimension.key for dimension in one.dimensions])

    def sheet(self):
        """Say what the factor is.

        Returns
        -------
        DataFrame
            One row, named by the factor: definition_zh, definition_en, items, reverse (number of reverse-worded
            items), improvement (more or less of it).
        """
        row = {f"definition_{language}": text for language, text in self.scale.construct.items()} | {
            "items": len(self.items),
            "reverse": len(self.study.instrument.reversed_items.intersection(self.items)),
            "improvement": "less" if self.factor in self.study.design.undesirable else "more",
        }
        return pd.DataFrame([row], index=[self.factor])

    def answer_labels(self, language):
        """What the answers are called, from the lowest code to the highest."""
        return list(self.scale.response_format.labels[language])

    def answer_shares(self):
        """Share of each answer to each item, as given: reverse-worded items are not turned.

        Returns
        -------
        DataFrame
            A row an item: text_zh, text_en, reverse, n, missing, mean, then share_1, share_2 ... of those who answered.
            Where one of the shares is that of 1 to 4 respondents, or 1 to 4 respondents were left out as careless, no
            share of the item is given and its mean is coarse; where 1 to 4 left it out, n and missing are not given,
            and mean and shares are coarse. See `common.privacy`.
        """
        instrument, data = self.study.instrument, self.study.kept.data
        texts = {language: instrument.items(language).set_index("key")["text"] for language in instrument.languages}
        everything = [item for items in instrument.dimensions().values() for item in items]
        others = [len(self.study.staff.data) - len(data), len(self.study.everyone) - len(data)]
        few_left_out = bool(is_small(others).any())
        uncounted = pd.Series(hidden_missing(data[everything].isna().sum()), everything) | few_left_out
        rows = {}
        for item in self.items:
            given = data[item].dropna()
            n = len(given)
            counts = pd.Series({f"share_{code}": (given == code).sum() for code in self.scale.response_format.codes})
            told = (given.mean(), counts / n)
            few = bool(is_small(counts).any()) or few_left_out
            if few or uncounted[item]:
                told = tuple(coarse(value, n) for value in told)
            rows[item] = {f"text_{language}": wording[item] for language, wording in texts.items()}
            rows[item] |= {"reverse": item in instrument.reversed_items}
            rows[item] |= dict.fromkeys(("n", "missing")) if uncounted[item] else {"n": n, "missing": len(data) - n}
            rows[item] |= {"mean": told[0], **(dict.fromkeys(counts.index) if few else told[1])}
        return pd.DataFrame.from_dict(rows, orient="index")

    def group_means(self, columns):
        """Mean score in each group of some background columns, with 95 % intervals of Student's t.

        Parameters
        ----------
        columns : sequence of str
            Background columns; those that the data do not have are left out.

        Returns
        -------
        DataFrame
            A row for everyone whom the study is about and a row a group, ``column=code``: n, mean, sd, ci_lower,
            ci_upper, in points of the scale; mean and sd are coarse (`common.privacy.coarse`), and the interval follows
            from them. Groups of fewer than 5 respondents are left out, and where that is one, the next smallest.
        """
        rows = {"everyone": _mean_row(score(self.study.kept)[self.factor])}
        for column in columns:
            staff = self.study.staff_by(column)
            scores = score(staff)[self.factor]
            if column in staff.data:
                groups = scores.groupby(staff.data[column])
                hidden = hidden_cells(groups.count())
                for (code, members), is_hidden in zip(groups, hidden, strict=True):
                    code = int(code) if isinstance(code, float) else code
                    if not is_hidden and members.count():
                        rows[f"{column}={code}"] = _mean_row(members)
        return pd.DataFrame.from_dict(rows, orient="index")

    def associations(self, draws):
        """Set the plain correlation with each claimed outcome beside the partial path and the total association.

        Parameters
        ----------
        draws : Draws
            Of a fit of the whole model.

        Returns
        -------
        DataFrame
            A row an outcome, ``outcome~factor``: the columns of `analysis.Levers.suppression`.
        """
        tables = [
            levers(draws.fit, outcome, [self.factor], draws=draws).suppression.set_axis([f"{outcome}~{self.factor}"])
            for outcome in self.outcomes
        ]
        return pd.concat(tables).drop(columns=["group", "factor"])

    def ways(self, draws):
        """List every way that starts at the factor, standardized.

        Parameters
        ----------
        draws : Draws
            Of a fit of the whole model.

        Returns
        -------
        DataFrame
            A row a way, ``factor>via>outcome``: std, std_lower, std_upper.
        """
        effects = draws.ci()
        ways = effects[effects["op"].isin(("direct", "specific")) & (effects["rhs"] == self.factor)]
        names = [">".join([way.rhs, *filter(None, way.label.split(" -> ")), way.lhs]) for way in ways.itertuples()]
        table = ways[["std_all", "std_all_ci_lower", "std_all_ci_upper"]].set_axis(names)
        return table.set_axis(["std", "std_lower", "std_upper"], axis=1)


def _doing(path):
    return path.source, path.via, path.moderator


def _mean_row(scores):
    n = scores.count()
    mean, sd = coarse(scores.mean(), n), coarse(scores.std(), n)
    half = stdtrit(n - 1, 0.975) * sd / n**0.5
    return {"n": n, "mean": mean, "sd": sd, "ci_lower": mean - half, "ci_upper": mean + half}
