"""How long factor analysis and the other checks of scales take.

python benchmarks/measurement.py            writes measurement.csv and measurement.md beside this file
python benchmarks/measurement.py --quick    small sizes: a trial
"""

import argparse
import statistics
from pathlib import Path

from cases import chain_data
from machine import machine, timed
from tables import listed, markdown, write_page, write_table
from threadpoolctl import threadpool_limits

import emolabor as el

HERE = Path(__file__).parent


def all_work(quick):
    """What is measured: words, seconds to reach (None where none was set), function."""
    n_items, n, draws, resamples = (20, 200, 5, 20) if quick else (60, 1000, 100, 1000)
    data = chain_data(n, n_items)
    dimensions = {f"f{k}": list(data)[5 * k : 5 * k + 5] for k in range(n_items // 5)}
    staff, scale = el.simulate_staff(400 if quick else 1200, seed=1), el.load_scale("emotional_labor")
    sizes = f"{n_items} items, N = {n}"

    def explore():
        return el.parallel_analysis(data, draws=draws), el.efa(data, n_items // 5)

    return [
        (f"Parallel analysis ({draws} draws) and EFA (oblimin), {sizes}", 3.0, explore),
        (f"EFA, geomin with 31 starts, {sizes}", None, lambda: el.efa(data, n_items // 5, rotation="geomin")),
        (f"HTMT, {resamples} resamples, {sizes}", None, lambda: el.htmt(data, dimensions, n_resamples=resamples)),
        (f"Item analysis, {sizes}", None, lambda: el.item_analysis(data, dimensions)),
        (f"Keying audit, {sizes}", None, lambda: el.keying_audit(data, dimensions)),
        (f"Validation report, 11 items, N = {len(staff)}", None, lambda: el.validation_report(staff, scale)),
    ]


def main(arguments=None):
    """Measure and write measurement.csv and measurement.md."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="small sizes")
    parser.add_argument("--folder", type=Path, default=HERE, help="where measurement.csv and measurement.md go")
    options = parser.parse_args(arguments)
    with threadpool_limits(1):
        rows = [
            {"work": work, "to_reach_s": reach or "", "seconds": statistics.median(timed(run, 4)[1][1:]) / 1000}
            for work, reach, run in all_work(options.quick)
        ]
    write_table(options.folder, "measurement", rows)
    paragraphs = [
        "# How long checking scales takes",
        "Simulated answers; one thread; median of three runs after one that is not counted.",
        markdown(["work", "to reach (s)", "seconds"], [list(row.values()) for row in rows]),
        listed(machine()),
    ]
    write_page(options.folder, "measurement", paragraphs)


if __name__ == "__main__":
    main()
