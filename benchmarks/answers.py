"""How long reading and screening answers takes, and how well the screening rule finds simulated careless respondents.

python benchmarks/answers.py            writes answers.csv and answers.md beside this file, in about a minute
python benchmarks/answers.py --quick    few respondents: a trial
"""

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pyreadstat
from machine import machine
from tables import listed, markdown, write_page, write_table
from threadpoolctl import threadpool_limits

import emolabor as el
from emolabor.simulation import draw_staff, load_population

HERE = Path(__file__).parent
SEEDS = range(1, 6)


def written(n, folder):
    """Files of simulated answers with planted faults: what they are, how many rows, the path."""
    instrument = el.load_instrument("window_staff")
    staff, _ = el.plant_faults(
        el.simulate_staff(n, seed=1), instrument, wrong_key="sa2", repeated=n // 100, out_of_range=n // 100
    )
    staff = staff.astype(dict.fromkeys(instrument.points(), float))
    few = staff.head(max(n // 10, 10))
    pyreadstat.write_sav(staff, folder / "answers.sav")
    pyreadstat.write_dta(staff, folder / "answers.dta")
    staff.to_parquet(folder / "answers.parquet")
    staff.to_csv(folder / "answers.csv", index=False)
    few.to_excel(folder / "answers.xlsx", index=False)
    el.simulate_export(folder / "wjx.csv", staff, instrument, "wjx", as_labels=True)
    return [
        ("SPSS", len(staff), folder / "answers.sav", 10.0),
        ("Stata", len(staff), folder / "answers.dta", None),
        ("Parquet", len(staff), folder / "answers.parquet", None),
        ("CSV", len(staff), folder / "answers.csv", None),
        ("CSV of 问卷星, labels", len(staff), folder / "wjx.csv", None),
        ("Excel", len(few), folder / "answers.xlsx", None),
    ]


def speed(n, runs):
    """Seconds of reading each kind of file with all checks, and of screening."""
    instrument = el.load_instrument("window_staff")
    rows = []
    with TemporaryDirectory() as folder:
        for what, count, path, allowed in written(n, Path(folder)):
            staff, times = processor_seconds(lambda path=path: el.read_responses(path, instrument), runs)
            rows.append(_row(f"reading {what}, {len(staff.report)} findings", count, times, allowed))
    items = sum(map(len, instrument.dimensions().values()))
    staff = el.simulate_staff(n, seed=2)
    for what, synonym_r in (("screening", 0.60), ("screening with pairs from r = .35", 0.35)):
        _, times = processor_seconds(lambda r=synonym_r: el.screen(staff, instrument, synonym_r=r), runs)
        rows.append(_row(f"{what}, {items} items", n, times, 5.0))
    return rows


def processor_seconds(function, runs):
    """Result, and seconds of the processor in each run: with one thread those of a machine that does nothing else."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        result = function()
        times.append(time.process_time() - start)
    return result, times


def _row(work, respondents, times, allowed):
    return {"work": work, "respondents": respondents, "seconds": min(times), "allowed": allowed}


def detection(n):
    """Recall and precision of the rule, with all indices and without what the file may lack."""
    population, instrument, rows = load_population(), el.load_instrument("window_staff"), []
    for what, lacking in (
        ("everything there", []),
        ("no answering time", ["seconds"]),
        ("no attention checks", ["at1", "at2"]),
        ("neither", ["seconds", "at1", "at2"]),
    ):
        found = called = there = 0
        for seed in SEEDS:
            staff, careless = draw_staff(population, instrument, n, seed)
            flagged = el.screen(staff.drop(columns=lacking), instrument)["careless"].to_numpy()
            found, called, there = found + (flagged & careless).sum(), called + flagged.sum(), there + careless.sum()
        rows.append(
            {"file": what, "careless": int(there), "recall": found / there, "precision": found / max(called, 1)}
        )
    return rows


def main(arguments=None):
    """Measure and write answers.csv and answers.md."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="few respondents")
    parser.add_argument("--folder", type=Path, default=HERE, help="where answers.csv and answers.md go")
    options = parser.parse_args(arguments)
    n, runs, draws = (400, 1, 300) if options.quick else (100_000, 2, 5000)
    with threadpool_limits(1):
        times, quality = speed(n, runs), detection(draws)
    rows = [
        {"part": part, "row": number, "measure": measure, "value": value}
        for part, table in (("speed", times), ("detection", quality))
        for number, row in enumerate(table, 1)
        for measure, value in row.items()
    ]
    write_table(options.folder, "answers", rows)
    write_page(options.folder, "answers", page(times, quality, draws))


def page(times, quality, draws):
    """The paragraphs of the Markdown page."""
    tables = [markdown(list(table[0]), [list(row.values()) for row in table]) for table in (times, quality)]
    return [
        "# Reading and screening answers",
        "Simulated staff, the questionnaire window_staff with 75 columns. Seconds of the processor, one thread, the "
        "best of the runs. Reading includes every check: 1 in 100 rows holds a code that is not offered, 1 in 100 is "
        "sent twice, and one item is keyed wrongly.",
        tables[0],
        "## How well the rule finds careless respondents",
        f"Flagged by two families of indices or more; {draws} simulated respondents in each of {len(SEEDS)} draws, 4 "
        "in 100 of them careless: straight lines, random answers and patterns in equal parts. Recall: share of the "
        "careless who are called so. Precision: share of those called careless who are. Real carelessness is less "
        "clear-cut: these are upper bounds.",
        tables[1],
        listed(machine()),
    ]


if __name__ == "__main__":
    main()
