"""What all tests share: no display is needed, and no test depends on how fast this machine is."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Also where there is a display: windows that come and go would take the keys of whoever sits there.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile("strata", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("strata")
