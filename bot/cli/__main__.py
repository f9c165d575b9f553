"""`python -m bot.cli` is `crm`."""

import sys

from bot.cli.main import main

sys.exit(main())
