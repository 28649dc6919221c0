"""What every test needs before numpy is loaded."""

import os
import signal

# One thread for linear algebra: with several, sums are added in another order, so that last digits depend on the
# machine's number of cores, and two cores shared with Jupyter kernels make the tests slow.
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"
os.environ["VECLIB_MAXIMUM_THREADS"] = "1"

# A suite started as a background job inherits SIGINT ignored, and so would the commands whose Ctrl-C is tested.
signal.signal(signal.SIGINT, signal.default_int_handler)
