"""python -m annelid.sweep"""

import sys

from annelid.sweep.command import main

sys.exit(main())
