"""python -m annelid.calibration"""

import signal
import sys

from annelid.calibration.command import main

# SIGTERM, as batch systems send it, ends it in order, and so does SIGINT in the background.
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.default_int_handler)
sys.exit(main())
