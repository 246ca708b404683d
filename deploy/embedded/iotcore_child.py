"""The fallback broker's process: `python -P -m deploy.embedded.iotcore_child CONFIG`.

The wheel's own launcher starts a grandchild; ours must be the process itself, so that the guard's
parent-death signal and our stop signals reach it. It keeps nothing, so it may simply be ended.

Not here: its settings and its place in the system (iotcore.py, broker.py).
"""

import logging
import signal
import sys

from iotcore import IotCoreBroker


def main() -> None:
    """Serve until a signal ends the process."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python would hold it until Rust returns
    # rumqttd reports every routed packet as an ERROR span: only its silence is readable.
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("rumqttd").setLevel(logging.CRITICAL)
    IotCoreBroker(config_path=sys.argv[1]).run_forever()


if __name__ == "__main__":
    main()
