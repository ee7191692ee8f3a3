"""python -m annelid.calibration"""

import sys

from annelid.calibration.command import main

sys.exit(main())
