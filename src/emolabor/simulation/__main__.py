"""Write the folder of simulated data: ``python -m emolabor.simulation FOLDER``."""

import argparse

from emolabor.simulation.folder import write_simulated

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m emolabor.simulation", description="Write simulated staff answers.")
    parser.add_argument("folder", help="where the files go, for example data/simulated")
    for path in write_simulated(parser.parse_args().folder):
        print(path)
